import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Create, Note, Person } from '@fedify/fedify'
import { saveRemoteEmojis } from '#accounts/emojis.ts'
import { readId } from '#platform/ids.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import { statusById } from '#statuses/statuses.ts'
import type { World } from '../../../test/world.ts'
import { databases, world } from '../../../test/world.ts'
import { create } from './activities.ts'
import type { Document } from './context-out.ts'
import { PUBLIC, withContext } from './context-out.ts'
import { writeNote, writeNotes } from './write-note.ts'
import { writePerson } from './write-person.ts'

for (const database of databases) {
  describe(`writing notes on ${database}`, () => {
    let place: World
    before(async () => {
      place = await world({ database })
    })
    after(() => place.close())

    const post = async (
      body: Record<string, unknown>,
      who: 'alice' | 'bob' = 'alice',
    ): Promise<StatusRow> => {
      const answer = await place.as(who).post('/api/v1/statuses', body)
      assert.equal(answer.status, 200, answer.text)
      const id = readId((answer.body as { id: string }).id) as number
      return (await statusById(place.app, id)) as StatusRow
    }
    const noteOf = async (status: StatusRow) => (await writeNote(place.app, status)) as Document

    test('each visibility is addressed to exactly those it is for (PRIV-18)', async () => {
      const { alice, dan } = place.cast
      const followers = `${alice.uri}/followers`
      const addressed = async (visibility: string) => {
        const { to, cc } = await noteOf(await post({ status: 'for @dan@elsewhere.example', visibility }))
        return { to, cc }
      }
      assert.deepEqual(await addressed('public'), { to: [PUBLIC], cc: [followers, dan.uri] })
      assert.deepEqual(await addressed('unlisted'), { to: [followers], cc: [PUBLIC, dan.uri] })
      assert.deepEqual(await addressed('private'), { to: [followers], cc: [dan.uri] })
      assert.deepEqual(await addressed('direct'), { to: [dan.uri], cc: [] })
    })

    test('a note says what Mastodon reads', async () => {
      const { alice, bob, dan } = place.cast
      const first = await post({ status: 'the first' }, 'bob')
      const status = await post({
        status: '**hello** @dan@elsewhere.example and @bob about #Ponies',
        spoiler_text: 'ponies',
        content_type: 'text/markdown',
        language: 'en',
        in_reply_to_id: String(first.id),
      })
      const note = await noteOf(status)
      assert.equal(note.id, `${alice.uri}/statuses/${status.id}`)
      assert.equal(note.type, 'Note')
      assert.equal(note.attributedTo, alice.uri)
      assert.equal(note.summary, 'ponies')
      assert.equal(note.sensitive, true)
      assert.equal(note.inReplyTo, first.uri)
      assert.equal(note.inReplyToAtomUri, first.uri)
      assert.equal(note.atomUri, note.id)
      assert.equal(note.url, `https://here.example/@alice/${status.id}`)
      assert.equal(note.context, `https://here.example/contexts/${first.conversation_id}`)
      assert.deepEqual(note.contentMap, { en: note.content })
      assert.deepEqual(note.source, {
        content: '**hello** @dan@elsewhere.example and @bob about #Ponies',
        mediaType: 'text/markdown',
      })
      assert.equal(note.replies, `${note.id}/replies`)
      assert.equal('updated' in note, false)
      assert.equal('directMessage' in note, false)
      const tags = note.tag as Document[]
      assert.deepEqual(
        tags.map(({ type, href, name }) => [type, href, name]).sort(),
        [
          ['Mention', dan.uri, '@dan@elsewhere.example'],
          ['Mention', bob.uri, '@bob@here.example'],
          ['Hashtag', 'https://here.example/tags/ponies', '#ponies'],
        ].sort(),
      )
    })

    test('an edit shows, and who is no longer named stays addressed without being named', async () => {
      const status = await post({ status: 'hi @dan@elsewhere.example' })
      place.clock.advance(5000)
      await place.as('alice').put(`/api/v1/statuses/${status.id}`, { status: 'hi nobody' })
      const edited = (await statusById(place.app, status.id)) as StatusRow
      const note = await noteOf(edited)
      assert.equal(note.updated, new Date(edited.edited_at as number).toISOString())
      assert.deepEqual(note.tag, [])
      assert.ok((note.cc as string[]).includes(place.cast.dan.uri))
    })

    test('nothing we write carries bto or bcc (ACT-32)', async () => {
      const status = await post({ status: 'between us, @dan@elsewhere.example', visibility: 'direct' })
      const note = await noteOf(status)
      assert.doesNotMatch(JSON.stringify(create(note)), /"b(to|cc)"/)
      assert.equal(note.directMessage, true)
    })

    test('only our own emojis become tags', async () => {
      const { app } = place
      await app.inTransaction((tx) =>
        saveRemoteEmojis(tx, '', [
          { shortcode: 'pony', url: 'https://here.example/media/pony.png', uri: null },
        ]),
      )
      await app.inTransaction((tx) =>
        saveRemoteEmojis(tx, 'elsewhere.example', [
          { shortcode: 'cow', url: 'https://e.example/cow.png', uri: null },
        ]),
      )
      const note = await noteOf(await post({ status: 'a :pony: and a :cow:' }))
      const [tag, ...more] = note.tag as Document[]
      assert.deepEqual(more, [])
      assert.equal(tag?.name, ':pony:')
      assert.match(String(tag?.id), /^https:\/\/here\.example\/emojis\/\d+$/)
    })

    test('many at a time are what each is alone; boosts and strangers are left out', async () => {
      const [one, two] = [await post({ status: 'one #a' }), await post({ status: 'two #b' })]
      const notes = await writeNotes(place.app, [one, two, { ...one, id: 5, domain_id: null }])
      assert.deepEqual([...notes.keys()], [one.id, two.id])
      assert.deepEqual(notes.get(one.id), await noteOf(one))
      assert.deepEqual(notes.get(two.id), await noteOf(two))
    })

    test('an independent JSON-LD reader understands our notes and actors', async () => {
      const { alice, dan } = place.cast
      const status = await post({
        status: 'hello @dan@elsewhere.example #ponies',
        spoiler_text: 'cw',
        language: 'en',
      })
      const options = { documentLoader: bundledContexts }
      const read = await Create.fromJsonLd(withContext(create(await noteOf(status))), options)
      const note = await read.getObject(options)
      assert.ok(note instanceof Note)
      assert.equal(note.attributionId?.href, alice.uri)
      assert.deepEqual(note.toIds.map(String), [PUBLIC])
      assert.deepEqual(note.ccIds.map(String), [`${alice.uri}/followers`, dan.uri])
      assert.equal(String(note.summary), 'cw')
      assert.match(String(note.content), /hello/)
      assert.equal(note.repliesId?.href, `${status.uri}/replies`)
      const names: string[] = []
      for await (const tag of note.getTags(options)) names.push(String(tag.name))
      assert.deepEqual(names.sort(), ['#ponies', '@dan@elsewhere.example'])
      const person = await Person.fromJsonLd(withContext(await writePerson(place.app, alice)), options)
      assert.equal(person.preferredUsername, 'alice')
      assert.equal(person.inboxId?.href, alice.inbox_url)
      assert.equal(person.followersId?.href, alice.followers_url)
      assert.equal(person.endpoints?.sharedInbox?.href, 'https://here.example/inbox')
      const key = await person.getPublicKey(options)
      assert.equal(key?.id?.href, `${alice.uri}#main-key`)
      assert.equal(key?.publicKey?.algorithm.name, 'RSASSA-PKCS1-v1_5')
      const multikeys = []
      for await (const each of person.getAssertionMethods(options)) multikeys.push(each)
      assert.equal(multikeys[0]?.controllerId?.href, alice.uri)
      assert.equal(multikeys[0]?.publicKey?.algorithm.name, 'Ed25519')
    })
  })
}

/** Knows the contexts that come with the reader and asks nobody. */
async function bundledContexts(url: string) {
  const { fetchDocumentLoader } = await import('@fedify/fedify')
  const known = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1']
  assert.ok(known.includes(url), `asked for ${url}`)
  return fetchDocumentLoader(url)
}
