import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { Status } from '#statuses/entities.ts'
import { openNetwork } from '../../../test/network.ts'
import type { Stranger } from '../../../test/stranger.ts'
import { PUBLIC, serveDocuments, stranger } from '../../../test/stranger.ts'
import type { Client, World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'

type Json = Record<string, unknown>
const AP = { Accept: 'application/activity+json' }

for (const database of databases) {
  describe(`who may answer, boost and like (${database})`, () => {
    let documents: Map<string, Json>
    let w: World
    let vic: Stranger
    let alice: Client
    beforeEach(async () => {
      const network = openNetwork()
      documents = new Map()
      w = await world({ database, http: network })
      serveDocuments(network, documents, ['v.test'])
      vic = stranger(documents, 'v.test', 'vic')
      alice = w.as('alice')
    })
    afterEach(() => w.close())

    const post = async (interaction_policy: Json, status = 'as I like it') => {
      const answer = await alice.post('/api/v1/statuses', { status, interaction_policy })
      assert.equal(answer.status, 200, answer.text)
      return answer.body as Status
    }
    const followers = {
      can_reply: { always: ['followers'] },
      can_favourite: { always: ['followers'] },
      can_reblog: { always: [] },
    }
    const tries = (id: string | undefined) =>
      [
        ['/api/v1/statuses', { status: 'but', in_reply_to_id: id }],
        [`/api/v1/statuses/${id}/favourite`, {}],
        [`/api/v1/statuses/${id}/reblog`, {}],
      ] as const
    const answersTo = async (client: Client, id: string | undefined) => {
      const answers = []
      for (const [path, body] of tries(id)) answers.push((await client.post(path, body)).status)
      return answers
    }

    test('a post says for whom it is in the words of GoToSocial, and others are told no with the reason', async () => {
      const { id, uri, interaction_policy } = await post(followers)
      assert.deepEqual(interaction_policy?.can_reply, { always: ['author', 'followers'], with_approval: [] })
      assert.deepEqual(await answersTo(w.as('carol'), id), [422, 422, 422])
      assert.deepEqual(await answersTo(w.as('bob'), id), [200, 200, 422])
      assert.deepEqual(await answersTo(alice, id), [200, 200, 200])
      const refused = await w.as('carol').post(`/api/v1/statuses/${id}/favourite`)
      assert.match(refused.text, /does not let you favourite/)
      const note = (await w.anyone.get(new URL(uri).pathname, AP)).body as { interactionPolicy: Json }
      const own = w.cast.alice.uri
      const byFollowers = [own, `${own}/followers`]
      assert.deepEqual(note.interactionPolicy.canReply, {
        automaticApproval: byFollowers,
        always: byFollowers,
      })
      assert.deepEqual(note.interactionPolicy.canAnnounce, { automaticApproval: [own], always: [own] })
    })

    test('whoever is spoken to may answer, and a group nobody knows is refused', async () => {
      const { id } = await post({ can_reply: { always: [] } }, '@carol what do you say?')
      assert.deepEqual(await answersTo(w.as('carol'), id), [200, 200, 200])
      const odd = await alice.post('/api/v1/statuses', {
        status: 'x',
        interaction_policy: { can_reply: { always: ['friends'] } },
      })
      assert.equal(odd.status, 422)
      assert.equal((await post({ can_reply: { always: ['public'] } })).interaction_policy, undefined)
    })

    test('what arrives against the wish of a member did not happen', async () => {
      const { id, uri } = await post(followers)
      const sendAll = async (label: string) => {
        const reply = vic.note(label, { inReplyTo: uri, to: [PUBLIC], cc: [w.cast.alice.uri] })
        await vic.send(w, vic.activity('Create', reply))
        await vic.send(w, vic.activity('Like', uri))
        await vic.send(w, vic.activity('Announce', uri, { to: [PUBLIC] }))
        await w.settle()
        const { replies_count, favourites_count, reblogs_count } = (await alice.get(`/api/v1/statuses/${id}`))
          .body as Status
        return [replies_count, favourites_count, reblogs_count]
      }
      assert.deepEqual(await sendAll('unwanted'), [0, 0, 0])
      assert.equal(
        await w.app.fediverse.findStatus(`${vic.uri}/notes/unwanted`),
        null,
        'nor when it is fetched',
      )
      await vic.send(w, vic.activity('Follow', w.cast.alice.uri))
      await w.settle()
      assert.deepEqual(await sendAll('wanted'), [1, 1, 0])
    })

    test('what the author of a post elsewhere does not want is refused here, in both spellings', async () => {
      const rules = (words: [string, string]) => ({
        canReply: { [words[0]]: [vic.uri], [words[1]]: [PUBLIC] },
        canLike: { [words[0]]: [PUBLIC] },
        canAnnounce: { [words[0]]: [`${vic.uri}/followers`] },
      })
      const spellings: [string, string][] = [
        ['automaticApproval', 'manualApproval'],
        ['always', 'approvalRequired'],
      ]
      for (const words of spellings) {
        const note = vic.note(`policy ${words[0]}`, { interactionPolicy: rules(words) })
        const status = await w.app.fediverse.findStatus(note.id)
        // A reply that the author will be asked about may be written.
        assert.deepEqual(await answersTo(w.as('bob'), String(status?.id)), [200, 200, 422])
      }
    })

    test('a new policy of a post is taken without an edit', async () => {
      const note = vic.note('changing')
      const status = await w.app.fediverse.findStatus(note.id)
      const strict = { ...note, interactionPolicy: { canLike: { automaticApproval: [vic.uri] } } }
      await vic.send(w, vic.activity('Update', strict))
      await w.settle()
      const bob = w.as('bob')
      assert.equal((await bob.post(`/api/v1/statuses/${status?.id}/favourite`)).status, 422)
      await vic.send(w, vic.activity('Update', note))
      await w.settle()
      assert.equal((await bob.post(`/api/v1/statuses/${status?.id}/favourite`)).status, 200)
    })
  })
}
