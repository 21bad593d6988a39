import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { profileFeed, xml } from './feed.ts'
import type { ShownProfile } from './views/profile.ts'
import type { ShownStatus } from './views/status-card.ts'

const origin = 'https://ledge.example'
const site = {
  name: 'Ledge',
  domain: 'ledge.example',
  origin,
  registrations: 'closed' as const,
  sourceUrl: origin,
}
const NASTY = 'a ]]> <b> & "q" \u0000\u000b\ufffe\ud800 😀'
const account: ShownProfile = {
  username: 'ana',
  acct: 'ana',
  display_name: NASTY,
  url: `${origin}/@ana`,
  uri: `${origin}/ap/people/1`,
  avatar: `${origin}/a.png`,
  avatar_static: `${origin}/a.png`,
  avatar_description: '',
  header_static: '',
  header_description: '',
  note: '',
  fields: [],
  emojis: [],
  locked: false,
  bot: false,
  group: false,
  created_at: '2022-11-03T00:00:00.000Z',
  statuses_count: 1,
  following_count: 2,
  followers_count: 3,
}
const media = {
  preview_url: null,
  remote_url: null,
  description: NASTY,
  meta: { original: { width: 10.4, height: 8 } },
}
const status: ShownStatus = {
  id: '1',
  uri: `${origin}/ap/notes/1`,
  url: `${origin}/@ana/1`,
  account,
  created_at: '2026-11-20T14:50:00.000Z',
  edited_at: null,
  content: '<p>Three &amp; more ]]></p>',
  spoiler_text: NASTY,
  sensitive: true,
  visibility: 'public',
  language: null,
  in_reply_to_id: null,
  in_reply_to_account_id: null,
  mentions: [],
  tags: [{ name: NASTY, url: '' }],
  emojis: [],
  media_attachments: [
    { ...media, type: 'image', url: 'https://m.example/1.webp?a=1&b=2' },
    { ...media, type: 'audio', url: 'https://m.example/1' },
  ],
  replies_count: 0,
  reblogs_count: 0,
  favourites_count: 0,
  poll: null,
  quote: null,
  card: null,
  reblog: null,
}

/** Reads XML strictly enough to notice what a parser would refuse. */
function assertWellFormed(feed: string): void {
  const open: string[] = []
  const rest = feed.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '')
  assert.match(rest, /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u)
  for (const [whole, text, slash, name = '', self] of rest.matchAll(
    /([^<]+)|<(\/?)([a-z:A-Z]+)(?:\s+[a-zA-Z:]+="[^"<]*")*\s*(\/?)>|<.{0,40}/g,
  )) {
    if (text !== undefined) {
      assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot);)|]]>/)
      continue
    }
    assert.ok(name, `stray < at ${whole}`)
    if (slash) assert.equal(open.pop(), name)
    else if (!self) open.push(name)
  }
  assert.deepEqual(open, [])
}

describe('the feed of a profile', () => {
  it('is well-formed whatever people write (XSS-10)', () => {
    assertWellFormed(profileFeed(site, account, [status]))
    assertWellFormed(profileFeed(site, account, []))
  })

  it('carries warning, text, pictures with their description, and tags', () => {
    const feed = profileFeed(site, { ...account, display_name: 'Ana' }, [
      { ...status, spoiler_text: 'dentist', tags: [{ name: 'lichen', url: '' }] },
    ])
    assert.match(feed, /<guid isPermaLink="true">https:\/\/ledge\.example\/@ana\/1<\/guid>/)
    assert.match(feed, /<pubDate>Fri, 20 Nov 2026 14:50:00 GMT<\/pubDate>/)
    assert.match(feed, /&lt;strong&gt;Content warning: dentist&lt;\/strong&gt;/)
    assert.match(feed, /<enclosure url="https:\/\/m\.example\/1" length="0" type="audio\/mpeg"\/>/)
    assert.match(feed, /type="image\/webp" medium="image" width="10" height="8"/)
    assert.match(feed, /<media:rating scheme="urn:simple">adult<\/media:rating>/)
    assert.match(feed, /<category>lichen<\/category>/)
  })

  it('leaves out boosts and what is not public', () => {
    const feed = profileFeed(site, account, [
      { ...status, reblog: status },
      { ...status, visibility: 'private' },
      { ...status, visibility: 'direct' },
    ])
    assert.doesNotMatch(feed, /<item>/)
  })

  it('escapes text once', () => {
    assert.equal(xml('<a href="x">&\u0001</a>'), '&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;')
  })
})
