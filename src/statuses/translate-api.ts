import { z } from 'zod'
import { endpoint } from '#platform/http/endpoint.ts'
import { text } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { Translation, translateStatus, translationLanguages } from './translate-status.ts'
import { visibleOriginal } from './visibility.ts'

const FIVE_MINUTES = 300

export const translateEndpoint = endpoint({
  route: 'POST /api/v1/statuses/:id/translate',
  scope: 'read:statuses',
  summary: 'A status in another language, by the service the keeper chose',
  body: z.object({ lang: text().optional() }),
  returns: Translation,
  handle: async ({ app, viewer, params, body, request }) => {
    const status = await visibleOriginal(app, viewer.account, readId(params.id))
    const preferred = request.header('accept-language')?.split(/[,;]/)[0]?.trim()
    return translateStatus(app, status, body.lang || preferred || 'en')
  },
})

export const translationLanguagesEndpoint = endpoint({
  route: 'GET /api/v1/instance/translation_languages',
  scope: 'public',
  summary: 'What can be translated into what; nothing is where no service is configured',
  cacheSeconds: FIVE_MINUTES,
  returns: z.record(z.string(), z.array(z.string())),
  handle: ({ app }) => translationLanguages(app),
})
