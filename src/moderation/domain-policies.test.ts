import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { accountById } from '#accounts/accounts.ts'
import { saveRemoteAccount } from '#accounts/save-account.ts'
import { isAdmitted } from '#instance/admitted-hosts.ts'
import { follow } from '#relationships/follow.ts'
import { createStatus } from '#statuses/create-status.ts'
import { openNetwork } from '../../test/network.ts'
import { foreignDraft, remoteActor } from '../../test/remote-actor.ts'
import { serveDocuments, stranger } from '../../test/stranger.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { dropDomainPolicy, setDomainPolicy } from './domain-policies.ts'

const SCOPES = 'admin:read admin:write'
type Block = { id: string; domain: string; severity: string; digest: string; private_comment: string | null }
type Noted = {
  type: string
  event?: { type: string; target_name: string; followers_count: number; following_count: number }
}

for (const database of databases) {
  describe(`decisions about servers (${database})`, () => {
    let w: World
    beforeEach(async () => {
      w = await world({ database })
    })
    afterEach(() => w.close())

    const keeper = () => w.as('alice', SCOPES)
    const decide = (fields: Record<string, unknown>) => keeper().post('/api/v1/admin/domain_blocks', fields)
    const posted = async () => {
      const { dan } = w.cast
      await createStatus(w.app, foreignDraft(dan, `${dan.uri}/notes/1`))
      await w.settle()
    }
    const publicly = async () =>
      ((await w.as('bob').get('/api/v1/timelines/public')).body as unknown[]).length

    test('only who manages federation decides, and only with the scope for it', async () => {
      const path = '/api/v1/admin/domain_blocks'
      assert.equal((await w.as('bob', SCOPES).get(path)).status, 403)
      assert.equal((await w.as('alice').get(path)).status, 403)
      assert.equal((await w.anyone.get(path)).status, 401)
      assert.deepEqual((await keeper().get(path)).body, [])
    })

    test('a decision is read, changed, listed and taken back in Mastodon’s form', async () => {
      const made = await decide({
        domain: 'Bad.example',
        severity: 'silence',
        private_comment: 'spam',
        public_comment: 'Spam.',
      })
      assert.equal(made.status, 200)
      const block = made.body as Block
      assert.deepEqual(
        [block.domain, block.severity, block.private_comment],
        ['bad.example', 'silence', 'spam'],
      )
      const again = await decide({ domain: 'sub.bad.example', severity: 'silence' })
      assert.equal(again.status, 422, 'what holds already for the name above')
      const path = `/api/v1/admin/domain_blocks/${block.id}`
      const stricter = await keeper().put(path, { severity: 'suspend', obfuscate: true })
      assert.equal((stricter.body as Block).severity, 'suspend')
      const open = (await w.anyone.get('/api/v1/instance/domain_blocks')).body as {
        domain: string
        comment: string
        digest: string
      }[]
      assert.deepEqual(
        [open[0]?.domain, open[0]?.comment, open[0]?.digest],
        ['ba*.*****le', 'Spam.', block.digest],
      )
      assert.equal((await keeper().delete(path)).status, 200)
      assert.equal((await keeper().get(path)).status, 404)
      assert.deepEqual((await w.anyone.get('/api/v1/instance/domain_blocks')).body, [])
    })

    test('our own server, names above it and what is no name are refused', async () => {
      for (const domain of ['here.example', 'example', 'no name', '', 'a/b.example'])
        assert.equal((await decide({ domain, severity: 'suspend' })).status, 422, domain)
      assert.equal((await decide({ domain: 'bad.example', severity: 'worse' })).status, 422)
    })

    test('BLK-11 a limited server is seen by its followers alone, and so is who comes from it later', async () => {
      await follow(w.app, w.cast.bob, w.cast.dan)
      await posted()
      assert.equal(await publicly(), 1)
      await decide({ domain: w.cast.dan.host, severity: 'silence' })
      await w.settle()
      assert.equal(await publicly(), 0)
      const later = await saveRemoteAccount(w.app, remoteActor('eve', w.cast.dan.host))
      assert.notEqual(later.silenced_at, null)
      assert.equal((await w.as('bob').get(`/api/v1/accounts/${w.cast.dan.id}`)).status, 200)
    })

    test('BLK-06 a suspended server is hidden, its follows end and are told, and the decision taken back shows it again', async () => {
      const { bob, dan } = w.cast
      await follow(w.app, dan, bob, {}, { uri: `${dan.uri}#follows/1` })
      await posted()
      const policy = await setDomainPolicy(w.app, dan.host, { severity: 'suspend' })
      await w.settle()
      assert.equal(await publicly(), 0)
      assert.notEqual((await accountById(w.app, dan.id))?.suspended_at, null)
      const [notice] = (await w.as('bob').get('/api/v1/notifications?types[]=severed_relationships'))
        .body as Noted[]
      assert.deepEqual(
        [notice?.event?.type, notice?.event?.target_name, notice?.event?.followers_count],
        ['domain_block', dan.host, 1],
      )
      await dropDomainPolicy(w.app, policy)
      await w.settle()
      assert.equal((await accountById(w.app, dan.id))?.suspended_at, null)
      assert.equal(await publicly(), 1)
    })

    test('a mark of the staff outlives the decision about the server', async () => {
      const { dan } = w.cast
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('account').set({ silenced_at: 5 }).where('id', '=', dan.id).execute()
      })
      const policy = await setDomainPolicy(w.app, dan.host, { severity: 'silence' })
      await w.settle()
      await dropDomainPolicy(w.app, policy)
      await w.settle()
      assert.equal((await accountById(w.app, dan.id))?.silenced_at, 5)
    })

    test('BLK-03 what holds for a server holds below its name, and not for a name that only ends like it', async () => {
      await setDomainPolicy(w.app, 'bad.example', { severity: 'suspend' })
      for (const [host, admitted] of [
        ['bad.example', false],
        ['BAD.example:443', false],
        ['sub.bad.example', false],
        ['notbad.example', true],
        ['here.example', true],
      ] as const)
        assert.equal(await isAdmitted(w.app, host), admitted, host)
    })
  })

  describe(`the door of a server that keeps others out (${database})`, () => {
    test('BLK-07 what is suspended is refused before its key is asked for, and nothing is sent to it', async () => {
      const network = openNetwork()
      const documents = new Map<string, Record<string, unknown>>()
      const w = await world({ database, http: network })
      try {
        serveDocuments(network, documents, ['bad.example'])
        const mal = stranger(documents, 'bad.example', 'mal')
        await setDomainPolicy(w.app, 'bad.example', { severity: 'suspend' })
        assert.equal(await mal.send(w, mal.activity('Create', mal.note('hello'))), 403)
        assert.deepEqual(network.log, [])
        const found = await w.as('bob').get(`/api/v2/search?resolve=true&q=${encodeURIComponent(mal.uri)}`)
        assert.deepEqual((found.body as { accounts: unknown[] }).accounts, [])
        assert.deepEqual(network.log, [])
      } finally {
        await w.close()
      }
    })

    test('limited federation speaks with whom the keeper allowed by hand, and stops when that is taken back', async () => {
      const w = await world({ database, settings: { LIMITED_FEDERATION_MODE: 'true' } })
      try {
        const keeper = w.as('alice', SCOPES)
        assert.equal(await isAdmitted(w.app, 'friend.example'), false)
        const made = await keeper.post('/api/v1/admin/domain_allows', { domain: 'friend.example' })
        assert.equal(made.status, 200)
        assert.equal(await isAdmitted(w.app, 'friend.example'), true)
        const { id } = made.body as { id: string }
        assert.equal((await keeper.get(`/api/v1/admin/domain_allows/${id}`)).status, 200)
        assert.equal((await keeper.delete(`/api/v1/admin/domain_allows/${id}`)).status, 200)
        assert.equal(await isAdmitted(w.app, 'friend.example'), false)
      } finally {
        await w.close()
      }
    })
  })
}
