import { parseArgs } from 'node:util'
import type { Api } from './loopback/client.ts'
import { openApi, until } from './loopback/client.ts'
import type { LoopbackServer } from './loopback/server.ts'
import { freePort, openLoopbackServer, setUpOwner } from './loopback/server.ts'
import type { Authority } from './loopback/tls.ts'
import { makeAuthority, openTlsDoor } from './loopback/tls.ts'

type Account = { id: string; acct: string; followers_count: number }
type Status = {
  id: string
  uri: string
  content: string
  edited_at: string | null
  reblogs_count: number
  favourites_count: number
}
type Side = { server: LoopbackServer; owner: string; password: string; api: Api; close(): Promise<void> }

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
const say = (text: string) => process.stdout.write(`${text}\n`)

/** One of the two servers behind TLS, with its owner signed in. */
async function openSide(authority: Authority, label: string, owner: string): Promise<Side> {
  const port = await freePort()
  const server = await openLoopbackServer({
    domain: `${label}.localhost:${port}`,
    environment: { LOCAL_HTTPS: 'true', NODE_EXTRA_CA_CERTS: authority.file },
  })
  const password = `${owner}-on-warm-rock`
  await setUpOwner(server, owner, password)
  const token = (await server.command('tokens', 'create', owner, '--scopes', 'read write follow push')).trim()
  await server.start()
  const closeDoor = await openTlsDoor(authority, { name: `${label}.localhost`, port, to: server.port })
  return {
    server,
    owner,
    password,
    api: openApi(server.port, server.domain, token),
    async close() {
      closeDoor()
      await server.kill('SIGTERM')
      server.remove()
    },
  }
}

/** Runs one step, waits until the other side shows it, and prints how long that took. */
async function step<T>(
  words: string,
  act: () => Promise<unknown>,
  seen: () => Promise<T | undefined | false>,
): Promise<T> {
  await act()
  const { found, ms } = await until(seen)
  say(`  ${words.padEnd(52)} ${ms.toFixed(0).padStart(6)} ms`)
  return found
}

async function converse(a: Side, b: Side): Promise<void> {
  const home = () => b.api.get<Status[]>('/api/v1/timelines/home')
  const handle = `@${a.owner}@${a.server.domain}`
  const search = `/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(handle)}`
  const ana = await step(
    `${b.owner} finds ${handle}`,
    async () => {},
    async () => (await b.api.get<{ accounts: Account[] }>(search)).accounts[0],
  )
  await step(
    `${b.owner} follows; ${a.owner} has a follower`,
    () => b.api.post(`/api/v1/accounts/${ana.id}/follow`),
    async () => (await a.api.get<Account>('/api/v1/accounts/verify_credentials')).followers_count === 1,
  )
  let own: Status | undefined
  const arrived = await step(
    `${a.owner} posts; it is in ${b.owner}'s home`,
    async () => {
      own = await a.api.post<Status>('/api/v1/statuses', {
        status: 'Good morning from the other rock #hyrax',
      })
    },
    async () => (await home()).find((each) => each.uri === own?.uri),
  )
  const id = (own as Status).id
  await step(
    `${b.owner} replies; it is in the thread`,
    () => b.api.post('/api/v1/statuses', { status: `${handle} good morning!`, in_reply_to_id: arrived.id }),
    async () => (await a.api.get<{ descendants: Status[] }>(`/api/v1/statuses/${id}/context`)).descendants[0],
  )
  await step(
    `${b.owner} boosts; ${a.owner} sees it counted`,
    () => b.api.post(`/api/v1/statuses/${arrived.id}/reblog`),
    async () => (await a.api.get<Status>(`/api/v1/statuses/${id}`)).reblogs_count === 1,
  )
  await step(
    `${b.owner} favourites; ${a.owner} sees it counted`,
    () => b.api.post(`/api/v1/statuses/${arrived.id}/favourite`),
    async () => (await a.api.get<Status>(`/api/v1/statuses/${id}`)).favourites_count === 1,
  )
  await step(
    `${a.owner} edits; ${b.owner} reads the new words`,
    () => a.api.put(`/api/v1/statuses/${id}`, { status: 'Good evening, rather #hyrax' }),
    async () => (await b.api.get<Status>(`/api/v1/statuses/${arrived.id}`)).edited_at !== null,
  )
  await step(
    `${a.owner} deletes; it is gone on both sides`,
    () => a.api.delete(`/api/v1/statuses/${id}`),
    async () => (await b.api.get<Status>(`/api/v1/statuses/${arrived.id}`).catch(() => 'gone')) === 'gone',
  )
  await a.api.post('/api/v1/statuses', { status: 'This one stays to be looked at.' })
}

const sides: Side[] = []
const authority = await makeAuthority()
const closeAll = async () => {
  await Promise.all(sides.map((side) => side.close()))
  authority.remove()
}
process.once('SIGINT', () => void closeAll().then(() => process.exit(0)))

try {
  say('Two servers on this machine, each behind TLS of a throw-away authority:')
  for (const [label, owner] of [
    ['a', 'ana'],
    ['b', 'ben'],
  ] as const)
    sides.push(await openSide(authority, label, owner))
  const [a, b] = sides as [Side, Side]
  await converse(a, b)
  if (values.once) await closeAll()
  else {
    say('\nBoth go on until you press Ctrl-C. To look at (the certificate is unknown to your browser):')
    for (const { server, owner, password } of sides) {
      say(`  https://${server.domain}/@${owner}   sign in as ${owner} with ${password}`)
    }
  }
} catch (error) {
  say(`\nThe demo failed: ${(error as Error).message}`)
  for (const { server } of sides) say(server.log())
  await closeAll()
  process.exitCode = 1
}
