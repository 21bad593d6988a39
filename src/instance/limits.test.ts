import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

const LIMITS = {
  MAX_TOOT_CHARS: '1000',
  MAX_PINNED_TOOTS: '1',
  MAX_POLL_OPTIONS: '6',
  MAX_POLL_OPTION_CHARS: '80',
  MAX_BIO_CHARS: '600',
  MAX_PROFILE_FIELDS: '5',
  MAX_DISPLAY_NAME_CHARS: '40',
}

for (const database of databases) {
  describe(`limits the keeper sets (${database})`, () => {
    let w: World
    before(async () => {
      w = await world({ database, settings: LIMITS })
    })
    after(() => w.close())

    const post = async (fields: Record<string, unknown>) => w.as('bob').post('/api/v1/statuses', fields)
    const edit = async (fields: Record<string, unknown>) =>
      (await w.as('bob').patch('/api/v1/accounts/update_credentials', fields)).status

    test('apps are told of them, in both forms of the instance', async () => {
      for (const path of ['/api/v1/instance', '/api/v2/instance']) {
        const { configuration } = (await w.anyone.get(path)).body as {
          configuration: Record<string, Record<string, number>>
        }
        assert.equal(configuration.statuses?.max_characters, 1000, path)
        assert.deepEqual(
          [configuration.polls?.max_options, configuration.polls?.max_characters_per_option],
          [6, 80],
        )
        assert.equal(configuration.accounts?.max_pinned_statuses, 1)
      }
    })

    test('what fits is taken, and one more is refused', async () => {
      const poll = (count: number, length: number) => ({
        status: 'x',
        poll: {
          options: Array.from({ length: count }, (_, n) => `${n}`.padEnd(length, 'o')),
          expires_in: 3600,
        },
      })
      assert.equal((await post({ status: 'x'.repeat(1000) })).status, 200)
      assert.equal((await post({ status: 'x'.repeat(1001) })).status, 422)
      assert.equal((await post(poll(6, 80))).status, 200)
      assert.equal((await post(poll(7, 80))).status, 422)
      assert.equal((await post(poll(6, 81))).status, 422)
      assert.deepEqual(
        [await edit({ note: 'x'.repeat(600) }), await edit({ note: 'x'.repeat(601) })],
        [200, 422],
      )
      assert.deepEqual(
        [await edit({ display_name: 'x'.repeat(40) }), await edit({ display_name: 'x'.repeat(41) })],
        [200, 422],
      )
      const ids = [1, 2].map(async (n) => ((await post({ status: `pin ${n}` })).body as { id: string }).id)
      const [one, two] = await Promise.all(ids)
      assert.equal((await w.as('bob').post(`/api/v1/statuses/${one}/pin`)).status, 200)
      assert.equal((await w.as('bob').post(`/api/v1/statuses/${two}/pin`)).status, 422)
    })
  })
}
