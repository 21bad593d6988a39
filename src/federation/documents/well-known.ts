import type { Context, Hono } from 'hono'
import type { AccountRow } from '#accounts/accounts.ts'
import type { App, HostedDomain } from '#app.ts'
import { siteOf } from '#instance/site.ts'
import { statsOf } from '#instance/stats.ts'
import { queryOf, type Site } from '#platform/http/facts.ts'
import { version } from '#platform/version.ts'
import { imageTypeOf } from '../shapes/write-emojis.ts'
import { actorAt, actorNamed } from './actors.ts'
import { domainOf } from './answer-document.ts'

const LONGEST_RESOURCE = 2048
const JRD = 'application/jrd+json; charset=utf-8'
const NODEINFO = 'http://nodeinfo.diaspora.software/ns/schema/'
/** Seconds that caches may keep what changes rarely. */
const RARELY = 300

/** Adds WebFinger (RFC 7033), host-meta (RFC 6415) and NodeInfo; a domain that is still a draft has none of them. */
export function mountWellKnown(hono: Hono<Site>, app: App): void {
  const get = (
    path: string,
    serve: (domain: HostedDomain, c: Context<Site>) => Response | Promise<Response>,
  ) =>
    hono.get(path, (c) => {
      const domain = domainOf(app, c)
      return domain ? serve(domain, c) : text('Not found', 404)
    })
  get('/.well-known/webfinger', (domain, c) => webfinger(app, domain, c))
  get('/.well-known/host-meta', (domain, c) =>
    hostMeta(domain, (c.req.header('accept') ?? '').includes('json')),
  )
  get('/.well-known/host-meta.json', (domain) => hostMeta(domain, true))
  get('/.well-known/nodeinfo', (domain) =>
    json('application/json; charset=utf-8', {
      links: ['2.0', '2.1'].map((number) => ({
        rel: NODEINFO + number,
        href: `${domain.origin}/nodeinfo/${number}`,
      })),
    }),
  )
  for (const number of ['2.0', '2.1'] as const)
    get(`/nodeinfo/${number}`, (domain) => nodeinfo(app, domain, number))
}

function json(type: string, body: object): Response {
  return new Response(JSON.stringify(body), {
    headers: {
      'Content-Type': type,
      'Cache-Control': `public, max-age=${RARELY}`,
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

function text(words: string, status: number): Response {
  return new Response(words, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  })
}

async function webfinger(app: App, domain: HostedDomain, c: Context<Site>): Promise<Response> {
  const query = new URLSearchParams(queryOf(c.req.url))
  const resource = query.get('resource')
  const named = resource === null ? null : readResource(resource)
  if (!named) return text('The resource is not an address that we know how to read', 400)
  const account = await accountOf(app, domain, named)
  if (!account) return text('Not found', 404)
  if (account.deleted_at !== null) return text('Gone', 410)
  const rels = new Set(query.getAll('rel'))
  const links = linksOf(account, domain).filter((link) => rels.size === 0 || rels.has(link.rel))
  return json(JRD, {
    subject: `acct:${account.username}@${domain.name}`,
    aliases: [...new Set([account.url, account.uri].filter((each) => each !== null))],
    links,
  })
}

/** What a resource names: somebody on a host, or an address. */
export type Resource = { kind: 'handle'; name: string; host: string } | { kind: 'url'; url: URL }

/** Reads `acct:name@host`, `name@host`, `@name@host` and http(s) addresses; null for all else (PAR-25). */
export function readResource(resource: string): Resource | null {
  if (resource.length > LONGEST_RESOURCE) return null
  const handle =
    /^(?:acct:)?@?([A-Za-z0-9_.-]{1,253}(?::\d{1,5})?)@([A-Za-z0-9.-]{1,253}(?::\d{1,5})?)$/.exec(resource)
  if (handle) return { kind: 'handle', name: handle[1] ?? '', host: handle[2] ?? '' }
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(resource)) return null
  const url = URL.parse(resource)
  return url && url.username === '' && url.password === '' ? { kind: 'url', url } : null
}

async function accountOf(app: App, domain: HostedDomain, named: Resource): Promise<AccountRow | undefined> {
  const host = named.kind === 'handle' ? named.host : named.url.host
  if (app.domains.byHost(host)?.id !== domain.id) return undefined
  if (named.kind === 'handle') {
    // The server itself may be called by any of the names it goes by.
    const isServer = app.domains.byHost(named.name)?.id === domain.id
    return actorNamed(app, domain, isServer ? domain.name : named.name)
  }
  const { pathname, search } = named.url
  if (pathname === '/' && search === '') return actorNamed(app, domain, domain.name)
  const name = /^\/(?:@|users\/)([^/@]+)\/?$/.exec(pathname)?.[1]
  const account = await actorAt(app, domain, pathname + search)
  return account ?? (name === undefined ? undefined : actorNamed(app, domain, name))
}

type Link = { rel: string; type?: string; href?: string; template?: string }

function linksOf(account: AccountRow, domain: HostedDomain): Link[] {
  const avatar = account.suspended_at === null ? account.avatar_url : null
  return [
    ...(account.url
      ? [{ rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: account.url }]
      : []),
    { rel: 'self', type: 'application/activity+json', href: account.uri },
    {
      rel: 'http://ostatus.org/schema/1.0/subscribe',
      template: `${domain.origin}/authorize_interaction?uri={uri}`,
    },
    // FEP-3b86
    {
      rel: 'https://w3id.org/fep/3b86/Object',
      template: `${domain.origin}/authorize_interaction?uri={object}`,
    },
    ...(avatar
      ? [
          {
            rel: 'http://webfinger.net/rel/avatar',
            type: imageTypeOf(avatar),
            href: new URL(avatar, domain.origin).href,
          },
        ]
      : []),
  ]
}

function hostMeta(domain: HostedDomain, asJson: boolean): Response {
  const template = `${domain.origin}/.well-known/webfinger?resource={uri}`
  if (asJson) return json(JRD, { links: [{ rel: 'lrdd', template }] })
  const xml =
    '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n' +
    `  <Link rel="lrdd" template="${template}"/>\n</XRD>\n`
  return new Response(xml, {
    headers: {
      'Content-Type': 'application/xrd+xml; charset=utf-8',
      'Cache-Control': `public, max-age=${RARELY}`,
      Vary: 'Accept',
    },
  })
}

async function nodeinfo(app: App, domain: HostedDomain, number: '2.0' | '2.1'): Promise<Response> {
  const site = await siteOf(app, domain.id)
  const stats = await statsOf(app, domain.id)
  return json(`application/json; profile="${NODEINFO}${number}#"; charset=utf-8`, {
    version: number,
    software: { name: 'hyrax', version },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    usage: {
      users: { total: stats.users, activeMonth: stats.activeMonth, activeHalfyear: stats.activeHalfYear },
      localPosts: stats.statuses,
    },
    openRegistrations: site.registrations !== 'none' && !site.single_user,
    metadata: {
      nodeName: site.title,
      nodeDescription: site.short_description,
      // Apps that know a server by its software's name ask here whose API a name they never heard of speaks.
      upstream: { name: 'Mastodon' },
    },
  })
}
