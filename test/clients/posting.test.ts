import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { databases } from '../world.ts'
import type { ClientStage } from './stage.ts'
import { clientStage, picture } from './stage.ts'

const HOUR = 3_600_000

for (const database of databases) {
  describe(`masto.js posts (${database})`, () => {
    let stage: ClientStage
    before(async () => {
      stage = await clientStage(database)
    })
    after(() => stage.close())

    test('a post with a picture is written, edited, answered, favourited and shown to its author', async () => {
      const { alice, bob } = stage.rest
      const media = await alice.v2.media.create({ file: await picture(), description: 'rust' })
      const status = await alice.v1.statuses.create({ status: 'A wall #rust', mediaIds: [media.id] })
      assert.equal(status.mediaAttachments[0]?.description, 'rust')
      const edited = await alice.v1.statuses
        .$select(status.id)
        .update({ status: 'A red wall #rust', mediaIds: [media.id] })
      assert.ok(edited.editedAt)
      assert.equal((await alice.v1.statuses.$select(status.id).history.list()).length, 2)
      const reply = await bob.v1.statuses.create({ status: '@alice nice', inReplyToId: status.id })
      const liked = await bob.v1.statuses.$select(status.id).favourite()
      assert.equal(liked.favourited, true)
      const context = await alice.v1.statuses.$select(status.id).context.fetch()
      assert.deepEqual(
        context.descendants.map(({ id }) => id),
        [reply.id],
      )
    })

    test('a description and a focal point are changed before the post, and alone after it', async () => {
      const { alice } = stage.rest
      const file = await picture()
      const media = await alice.v2.media.create({ file, thumbnail: file, focus: '0.5,-0.25' })
      assert.deepEqual([media.meta?.focus?.x, media.meta?.focus?.y], [0.5, -0.25])
      await alice.v1.media.$select(media.id).update({ description: 'before' })
      const status = await alice.v1.statuses.create({
        status: 'described',
        mediaIds: [media.id],
        sensitive: true,
        spoilerText: 'wall',
        language: 'de',
        visibility: 'unlisted',
      })
      const told = [
        status.mediaAttachments[0]?.description,
        status.spoilerText,
        status.language,
        status.visibility,
      ]
      assert.deepEqual(told, ['before', 'wall', 'de', 'unlisted'])
      const edited = await alice.v1.statuses.$select(status.id).update({
        status: 'described',
        mediaIds: [media.id],
        mediaAttributes: [{ id: media.id, description: 'after', focus: '0,0' }],
      })
      assert.equal(edited.mediaAttachments[0]?.description, 'after')
    })

    test('one key makes one post, however often it is sent', async () => {
      const { alice } = stage.rest
      const send = () =>
        alice.v1.statuses.create(
          { status: 'once' },
          { requestInit: { headers: { 'Idempotency-Key': 'the-same' } } },
        )
      const made = [await send(), await send()]
      assert.equal(made[0]?.id, made[1]?.id)
    })

    test('a poll is voted on once, and its voter sees the counts', async () => {
      const { alice, bob } = stage.rest
      const poll = { options: ['tea', 'mate'], expiresIn: 600 }
      const status = await alice.v1.statuses.create({ status: 'What now?', poll })
      const votes = bob.v1.polls.$select(String(status.poll?.id)).votes
      const voted = await votes.create({ choices: [1] })
      assert.deepEqual([voted.voted, voted.ownVotes, voted.options[1]?.votesCount], [true, [1], 1])
      await assert.rejects(votes.create({ choices: [0] }), { status: 422 })
    })

    test('a post waits for its time, is moved, and taken back', async () => {
      const { bob } = stage.rest
      const at = (hours: number) => new Date(stage.w.app.now() + hours * HOUR).toISOString()
      const scheduled = await bob.v1.statuses.create({ status: 'later', scheduledAt: at(1) })
      const moved = await bob.v1.scheduledStatuses.$select(scheduled.id).update({ scheduledAt: at(2) })
      assert.equal(moved.scheduledAt, at(2))
      assert.equal((await bob.v1.scheduledStatuses.list())[0]?.id, scheduled.id)
      await bob.v1.scheduledStatuses.$select(scheduled.id).remove()
      assert.deepEqual(await bob.v1.scheduledStatuses.list(), [])
    })

    test('a post that is deleted comes back as it was typed, with its picture for the next one', async () => {
      const { alice } = stage.rest
      const media = await alice.v2.media.create({ file: await picture() })
      const status = await alice.v1.statuses.create({ status: 'typed *so*', mediaIds: [media.id] })
      const gone = await alice.v1.statuses.$select(status.id).remove()
      assert.equal(gone.text, 'typed *so*')
      const again = await alice.v1.statuses.create({ status: String(gone.text), mediaIds: [media.id] })
      assert.equal(again.mediaAttachments[0]?.id, media.id)
    })

    test('a profile is changed, with a picture, and relationships are told', async () => {
      const { alice, bob } = stage.rest
      const changed = await alice.v1.accounts.updateCredentials({
        displayName: 'Alice A.',
        avatar: await picture(),
        fieldsAttributes: [{ name: 'Wall', value: 'red' }],
      })
      assert.deepEqual([changed.displayName, changed.fields[0]?.value], ['Alice A.', 'red'])
      const [known] = await bob.v1.accounts.relationships.fetch({ id: [String(stage.w.cast.alice.id)] })
      assert.equal(known?.following, true)
    })
  })
}
