import type { KeyPairs } from '#accounts/save-account.ts'
import { createLocalAccount } from '#accounts/save-account.ts'
import type { App, HostedDomain } from '#app.ts'
import { ownApplication } from '#auth/apps.ts'
import { keyPairs } from '#auth/keys.ts'
import { setUp } from '#auth/set-up.ts'
import { createToken } from '#auth/tokens.ts'
import { ensureDomain } from '#instance/domains.ts'
import { readConfig } from '#platform/config.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openPart } from '../../src/open-parts.ts'
import type { Api } from '../loopback/client.ts'
import { openApi } from '../loopback/client.ts'
import type { LoopbackServer } from '../loopback/server.ts'

/** Somebody who lives on one of the servers. */
export type Member = { server: number; name: string; handle: string; uri: string; api: Api }

// Making a key takes longer than all the rest of a member: they are lent, a few for each server.
const KEYS = 4

/** Sets a server up and puts members on it, before it runs. */
export async function populate(server: LoopbackServer, index: number, count: number): Promise<Member[]> {
  const part = await openPart({ name: 'command', config: readConfig({ env: server.env, cwd: server.data }) })
  try {
    const { app } = part
    await migrate(part.database)
    await ensureDomain(app)
    const owner = { ownerName: 'keeper', password: 'a-warm-rock-in-the-sun' }
    await setUp(app, { domain: server.domain, audience: 'open', ...owner })
    const domain = app.domains.all()[0] as HostedDomain
    const keys = await Promise.all(Array.from({ length: KEYS }, () => keyPairs()))
    const members: Member[] = []
    for (let n = 0; n < count; n++) {
      const name = `p${index}x${n}`
      const { uri, token } = await bring(app, domain, name, keys[n % KEYS] as KeyPairs)
      const api = openApi(server.port, server.domain, token)
      members.push({ server: index, name, handle: `@${name}@${server.domain}`, uri, api })
    }
    return members
  } finally {
    await part.close()
  }
}

async function bring(app: App, domain: HostedDomain, name: string, keys: KeyPairs) {
  const { userId, uri } = await app.inTransaction(async (tx) => {
    const account = await createLocalAccount(tx, domain, { username: name, keys })
    const userId = tx.newId()
    const now = tx.now()
    await tx.db
      .insertInto('user')
      .values({
        id: userId,
        account_id: account.id,
        domain_id: domain.id,
        email: `${name}@mail.example`,
        email_lower: `${name}@mail.example`,
        password_hash: '',
        role_id: null,
        locale: 'en',
        settings: '{}',
        sign_up_reason: null,
        sign_up_ip: null,
        confirmed_at: now,
        approved_at: now,
        disabled_at: null,
        age_verified_at: null,
        created_at: now,
        last_sign_in_at: null,
      })
      .execute()
    return { userId, uri: account.uri }
  })
  const applicationId = (await ownApplication(app, 'hyrax-command-line')).id
  const token = await createToken(app, { applicationId, userId, scopes: ['read', 'write', 'follow'] })
  return { uri, token }
}
