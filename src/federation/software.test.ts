import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { plainText } from '#platform/html.ts'
import type { Status } from '#statuses/entities.ts'
import { openNetwork } from '../../test/network.ts'
import { serveDocuments } from '../../test/stranger.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'

type Json = Record<string, unknown>
/** Documents in the shape of one kind of server, and where that shape is known from. */
type Fixture = { source: string; actor: Json; others: Json[]; object: Json }

const folder = join(import.meta.dirname, '../../test/fixtures/federation')
const fixtures = new Map(
  readdirSync(folder).map((name) => [
    name.replace('.json', ''),
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture,
  ]),
)

/** What a member sees of a post: its words, and what else matters of it. */
type Sees = {
  words: RegExp
  author?: string
  warning?: string
  media?: [type: string, description: string | null][]
  tags?: string[]
  language?: string
  check?: (status: Status) => void
}

const sees: Record<string, Sees> = {
  mastodon: {
    words: /^Three from this morning #walk$/,
    author: 'Ana :blobcat:',
    media: [['image', 'A hill in fog']],
    tags: ['walk'],
    check: ({ account, media_attachments: [picture] }) => {
      assert.equal(account.emojis[0]?.shortcode, 'blobcat')
      assert.equal(account.fields[0]?.name, 'Site')
      assert.deepEqual(picture?.meta?.focus, { x: 0.1, y: -0.2 })
    },
  },
  'glitch-soc': { words: /A heading[\s\S]*and a list/, warning: 'long' },
  gotosocial: { words: /^Only friends may reply$/, language: 'en' },
  pleroma: { words: /^plain & short\nsecond line$/, media: [['image', 'chart']] },
  akkoma: { words: /^hello$/, warning: 'spinning', language: 'en', media: [['image', 'chart']] },
  misskey: { words: /^nyaa https:\/\/cat\.example\/$/, author: 'Eff :neko:' },
  sharkey: { words: /^nyaa/ },
  iceshrimp: { words: /^nyaa/ },
  firefish: { words: /^nyaa/ },
  pixelfed: {
    words: /^Album of the week$/,
    media: [1, 2, 3].map((n) => ['image', `Picture ${n}`]),
  },
  peertube: {
    words: /^A walk in the hills\s+Filmed slowly\.[\s\S]*https:\/\/peertube\.example\/w\/8ad9$/,
    author: 'Hana',
    media: [['video', 'A walk in the hills']],
    tags: ['hills'],
    language: 'fr',
    check: ({ media_attachments: [film] }) => {
      assert.equal(film?.remote_url, 'https://peertube.example/files/720.mp4')
      assert.equal(film?.meta?.original?.duration, 754)
    },
  },
  friendica: { words: /^On gardens[\s\S]*Beans[\s\S]*They grow\.[\s\S]*display\/aa-bb$/ },
  hubzilla: { words: /^nomadic and well$/ },
  lemmy: {
    words: /^A heron at dawn\s+Seen at dawn\.\s+https:\/\/lemmy\.example\/post\/12$/,
    tags: ['birds'],
    language: 'en',
  },
  piefed: { words: /^Night trains are back\s+From Vienna\./, media: [['image', 'A night train']] },
  wordpress: {
    words: /^Soup for five\s+First boil water\.\s+https:\/\/wordpress\.example\/soup\/$/,
    media: [['image', 'Soup']],
    tags: ['food'],
  },
  ghost: {
    words: /^Number one\s+Dear readers\.\s+https:\/\/ghost\.example\/number-one\/$/,
    author: 'A Newsletter',
  },
  hollo: { words: /^One person, one server$/ },
  mitra: { words: /^small and fast$/ },
  snac: { words: /^no script, no tears$/ },
  ktistec: { words: /^crystal clear$/ },
  bookwyrm: {
    words: /^Review of “Middlemarch” \(5 stars\)[\s\S]*A fine book\./,
    media: [['image', 'Middlemarch']],
  },
  mobilizon: {
    words:
      /^Spring walk\s+12 Jun 2026, 08:00 UTC – 12 Jun 2026, 12:00 UTC\s+Old mill, Mill Lane 1, 1010, Vienna, Austria\s+Bring shoes\./,
    media: [['image', 'Banner']],
    check: ({ account }) => assert.equal(account.group, true),
  },
  owncast: {
    words: /^I've gone live!$/,
    media: [['image', 'Live stream preview']],
    tags: ['music'],
    check: ({ account }) => assert.equal(account.bot, true),
  },
  funkwhale: { words: /^Ulf - Rain\s+https:\/\/funkwhale/, media: [['audio', 'Ulf - Rain']] },
  writefreely: { words: /^On paper\s+Paper is patient\./ },
  threads: { words: /^hello out there$/, check: ({ edited_at: edited }) => assert.equal(edited, null) },
  'bridgy-fed': {
    words: /^from the blue$/,
    check: ({ account }) => assert.equal(account.acct, 'wes.example@bsky.bridge.example'),
  },
  nodebb: { words: /^Welcome to the forum\s+Say hello here\./ },
  discourse: { words: /^A topic worth reading$/ },
  castopod: { words: /^New episode!\s+One$/ },
}

for (const database of databases) {
  describe(`posts of other software (${database})`, () => {
    let w: World
    before(async () => {
      const network = openNetwork()
      const documents = new Map<string, Json>()
      w = await world({ database, http: network })
      for (const { actor, others, object } of fixtures.values())
        for (const document of [actor, ...others, object]) documents.set(String(document.id), document)
      serveDocuments(network, documents, [...new Set([...documents.keys()].map((id) => new URL(id).host))])
    })
    after(() => w.close())

    test('every shape we have says what a member sees of it, and where it comes from', () => {
      assert.deepEqual([...fixtures.keys()].sort(), Object.keys(sees).sort())
      for (const [name, { source }] of fixtures) assert.match(source, /\w{4}/, name)
    })

    for (const [name, { object, actor }] of fixtures) {
      test(`a post of ${name} is shown as its author meant it`, async () => {
        const wanted = sees[name]
        assert.ok(wanted)
        const url = `/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(String(object.id))}`
        const { statuses } = (await w.as('bob').get(url)).body as { statuses: Status[] }
        const [status] = statuses
        assert.ok(status, 'it was not taken in')
        assert.match(plainText(status.content).trim(), wanted.words)
        assert.equal(status.account.uri, actor.id)
        assert.equal(status.visibility, 'public')
        assert.equal(status.spoiler_text, wanted.warning ?? '')
        if (wanted.author) assert.equal(status.account.display_name, wanted.author)
        const media = status.media_attachments.map(({ type, description }) => [type, description])
        assert.deepEqual(media, wanted.media ?? [])
        if (wanted.tags)
          assert.deepEqual(
            status.tags.map((tag) => tag.name),
            wanted.tags,
          )
        if (wanted.language) assert.equal(status.language, wanted.language)
        wanted.check?.(status)
      })
    }
  })
}
