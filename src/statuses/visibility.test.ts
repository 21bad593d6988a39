import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Client, World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import type { Status } from './entities.ts'

type Who = 'anyone' | 'alice' | 'bob' | 'carol' | 'mallory'
const kinds = ['public', 'unlisted', 'private', 'direct'] as const
/** Who may read alice's posts: bob follows her, carol is mentioned in the direct one, mallory is blocked. */
const expected: Record<(typeof kinds)[number], Who[]> = {
  public: ['anyone', 'alice', 'bob', 'carol'],
  unlisted: ['anyone', 'alice', 'bob', 'carol'],
  private: ['alice', 'bob'],
  direct: ['alice', 'carol'],
}
const everyone: Who[] = ['anyone', 'alice', 'bob', 'carol', 'mallory']

for (const database of databases) {
  describe(`who may see a status (${database})`, () => {
    let w: World
    const posts = new Map<string, Status>()
    const client = (who: Who): Client => (who === 'anyone' ? w.anyone : w.as(who))
    before(async () => {
      w = await world({ database })
      for (const visibility of kinds) {
        const text = visibility === 'direct' ? '@carol only you' : `for ${visibility}`
        const answer = await w.as('alice').post('/api/v1/statuses', { status: `${text} #secret`, visibility })
        posts.set(visibility, answer.body as Status)
      }
      await w.settle()
    })
    after(() => w.close())

    for (const kind of kinds) {
      for (const who of everyone) {
        const sees = expected[kind].includes(who)
        test(`PRIV-01 ${who} ${sees ? 'reads' : 'does not learn of'} a ${kind} post by any door`, async () => {
          const { id, account } = posts.get(kind) as Status
          const reader = client(who)
          const direct = await reader.get(`/api/v1/statuses/${id}`)
          assert.equal(direct.status, sees ? 200 : 404)
          if (!sees) assert.equal(direct.text, (await reader.get('/api/v1/statuses/9999')).text)
          for (const part of ['context', 'history', 'favourited_by', 'reblogged_by']) {
            assert.equal((await reader.get(`/api/v1/statuses/${id}/${part}`)).status, sees ? 200 : 404, part)
          }
          const listed = (await reader.get(`/api/v1/accounts/${account.id}/statuses`)).body as Status[]
          assert.equal(
            listed.some((each) => each.id === id),
            sees,
          )
          for (const timeline of ['public', 'tag/secret']) {
            const shown = (await reader.get(`/api/v1/timelines/${timeline}`)).body as Status[]
            assert.equal(
              shown.some((each) => each.id === id),
              sees && kind === 'public',
              timeline,
            )
          }
        })
      }
    }

    test('PRIV-11 a private post cannot be boosted by a follower, nor a direct one by anybody', async () => {
      for (const [who, kind] of [
        ['bob', 'private'],
        ['alice', 'direct'],
        ['carol', 'direct'],
      ] as const) {
        const answer = await w.as(who).post(`/api/v1/statuses/${posts.get(kind)?.id}/reblog`)
        assert.equal(answer.status, 422)
      }
    })

    test('AZ-09 nobody edits or deletes the post of another', async () => {
      const id = posts.get('public')?.id
      assert.equal((await w.as('bob').delete(`/api/v1/statuses/${id}`)).status, 404)
      assert.equal((await w.as('bob').put(`/api/v1/statuses/${id}`, { status: 'mine now' })).status, 404)
    })
  })
}
