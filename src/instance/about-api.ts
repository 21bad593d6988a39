import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { activityOf } from './activity.ts'
import { knownServers, serversBeginning } from './known-servers.ts'
import { writtenLanguages } from './languages.ts'
import { DatedText, datedText, TermsOfService, termsOf } from './texts.ts'

const FIVE_MINUTES = 300
const DAY_SECONDS = 86_400

export const extendedDescriptionEndpoint = endpoint({
  route: 'GET /api/v1/instance/extended_description',
  scope: 'public',
  summary: 'The long description of this server',
  cacheSeconds: FIVE_MINUTES,
  returns: DatedText,
  handle: ({ app, domain }) => datedText(app, domain, 'description'),
})

export const privacyPolicyEndpoint = endpoint({
  route: 'GET /api/v1/instance/privacy_policy',
  scope: 'public',
  summary: 'The privacy policy; empty where nobody wrote one',
  cacheSeconds: FIVE_MINUTES,
  returns: DatedText,
  handle: ({ app, domain }) => datedText(app, domain, 'privacy_policy'),
})

export const termsEndpoint = endpoint({
  route: 'GET /api/v1/instance/terms_of_service',
  scope: 'public',
  summary: 'The terms of service that hold',
  cacheSeconds: FIVE_MINUTES,
  returns: TermsOfService,
  handle: ({ app, domain }) => termsOf(app, domain),
})

export const datedTermsEndpoint = endpoint({
  route: 'GET /api/v1/instance/terms_of_service/:date',
  scope: 'public',
  summary: 'The terms of service by the day they begin to hold',
  cacheSeconds: FIVE_MINUTES,
  returns: TermsOfService,
  handle: ({ app, domain, params }) => termsOf(app, domain, params.date),
})

export const languagesEndpoint = endpoint({
  route: 'GET /api/v1/instance/languages',
  scope: 'public',
  summary: 'The languages a status can be marked with',
  cacheSeconds: DAY_SECONDS,
  returns: z.array(z.object({ code: z.string(), name: z.string() })),
  handle: async () => writtenLanguages(),
})

export const peersEndpoint = endpoint({
  route: 'GET /api/v1/instance/peers',
  scope: 'public',
  summary: 'The servers that are known here',
  cacheSeconds: FIVE_MINUTES,
  returns: z.array(z.string()),
  handle: ({ app }) => knownServers(app),
})

export const peersSearchEndpoint = endpoint({
  route: 'GET /api/v1/peers/search',
  scope: 'public',
  summary: 'Known servers whose name begins so',
  cacheSeconds: FIVE_MINUTES,
  query: z.object({ q: z.string().max(1000).optional() }),
  returns: z.array(z.string()),
  handle: ({ app, query }) => serversBeginning(app, query.q ?? ''),
})

export const activityEndpoint = endpoint({
  route: 'GET /api/v1/instance/activity',
  scope: 'public',
  summary: 'What happened here in each of the last twelve weeks',
  cacheSeconds: FIVE_MINUTES,
  returns: z.array(
    z.object({ week: z.string(), statuses: z.string(), logins: z.string(), registrations: z.string() }),
  ),
  handle: ({ app, domain }) => activityOf(app, domain.id),
})
