import { z } from 'zod'
import type { App } from '#app.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { forgetOldHosts, hostsToAsk, keepHostInfo } from '#instance/host-info.ts'
import { HttpFailure } from '#platform/http-client-failure.ts'
import { job } from '#platform/jobs/declare.ts'

const MOST_BYTES = 64 * 1024
const AT_ONCE = 50
const SCHEMA = /^http:\/\/nodeinfo\.diaspora\.software\/ns\/schema\/[12]\.\d$/

const Links = z.object({ links: z.array(z.object({ rel: z.string(), href: z.string() })).max(20) })
const Info = z.object({
  software: z.object({
    name: z.string().regex(/^[a-z0-9-]{1,40}$/i),
    version: z.string().max(100).catch(''),
  }),
})

/** Asks a server what it runs (NodeInfo), where it answers from its own address; what it does not say is kept as that. */
export const fetchNodeInfo = job({
  name: 'fetch node info',
  queue: 'fetch',
  tries: 2,
  payload: z.object({ host: z.string() }),
  lane: ({ host }) => host,
  async run(app, { host }) {
    if (!(await isAdmitted(app, host))) return
    const said = await ask(app, host)
    await keepHostInfo(app, host, said ?? { software: '', version: '' })
  },
})

async function ask(app: App, host: string): Promise<{ software: string; version: string } | null> {
  const scheme = app.config.allowHttp ? 'http' : 'https'
  const start = `${scheme}://${host}/.well-known/nodeinfo`
  const links = Links.safeParse(await readJson(app, start))
  const found = links.data?.links.filter(({ rel }) => SCHEMA.test(rel)).at(-1)
  const url = found && URL.parse(found.href, start)
  if (!url || url.host !== host) return null
  const info = Info.safeParse(await readJson(app, url.href))
  if (!info.data) return null
  const { name, version } = info.data.software
  return { software: name.toLowerCase(), version: version.replace(/[^\x20-\x7e]/g, '') }
}

async function readJson(app: App, url: string): Promise<unknown> {
  try {
    const headers = { accept: 'application/json' }
    const answer = await app.http.request({ method: 'GET', url, headers, maxBytes: MOST_BYTES })
    return answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : null
  } catch (error) {
    if (error instanceof HttpFailure || error instanceof SyntaxError) return null
    throw error
  }
}

/** Owes the question to servers that answered lately, and forgets those of long ago. */
export async function oweNodeInfo(app: App): Promise<void> {
  await forgetOldHosts(app)
  const hosts = await hostsToAsk(app, AT_ONCE)
  if (hosts.length === 0) return
  await app.inTransaction(async (tx) => {
    for (const host of hosts)
      await tx.later(fetchNodeInfo, { host }, { unique: `node info ${host}`, prio: 90 })
  })
}
