import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Html } from '../html.ts'
import type { Frame } from '../layout.ts'
import { aboutPage } from './about.ts'
import { accountSettingsPage } from './account-settings.ts'
import { adminPeoplePage } from './admin-people.ts'
import { consentPage } from './consent.ts'
import { errorPage } from './error.ts'
import type { FormState } from './forms.ts'
import { landingPage } from './landing.ts'
import { confirmationPage, forgotPasswordPage, lookInMailPage, mailSentPage } from './mail.ts'
import { oobCodePage } from './oob-code.ts'
import type { ProfileData, ShownProfile } from './profile.ts'
import { profilePage } from './profile.ts'
import { resetPasswordPage } from './reset-password.ts'
import { setupPage } from './setup.ts'
import { setupDonePage } from './setup-done.ts'
import { signInPage } from './sign-in.ts'
import { signUpDonePage, signUpPage } from './sign-up.ts'
import { statusPage } from './status.ts'
import type { ShownStatus } from './status-card.ts'
import { tagPage } from './tag.ts'

const now = Date.parse('2026-11-20T18:00:00Z')
const origin = 'https://ledge.example'
const HARM = `"><b id=x>'</script><!--\u2028`

/** Every page, with `text` wherever people can write something and `url` wherever an address comes from elsewhere. */
function everyPage(text: string, url: string): Record<string, Html> {
  const emojis = [{ shortcode: 'moss', url, static_url: url }]
  const account: ShownProfile = {
    username: 'ana',
    acct: 'ana',
    display_name: `Ana ${text} :moss:`,
    url: `${origin}/@ana`,
    uri: `${origin}/ap/people/1`,
    avatar: url,
    avatar_static: url,
    avatar_description: text,
    header_static: url,
    header_description: text,
    note: '<p>Stones.</p>',
    fields: [
      {
        name: text,
        value: '<a href="https://ana.example/" rel="nofollow">ana.example</a>',
        verified_at: null,
      },
      {
        name: 'Site',
        value: '<a href="https://ana.example/" rel="nofollow">x</a>',
        verified_at: '2026-05-12T00:00:00Z',
      },
    ],
    emojis,
    locked: false,
    bot: true,
    group: false,
    created_at: '2022-11-03T00:00:00.000Z',
    statuses_count: 1,
    following_count: 2,
    followers_count: 3,
    limited: true,
  }
  const image = {
    type: 'image',
    url,
    preview_url: url,
    remote_url: url,
    description: text,
    meta: null,
  } as const
  const status: ShownStatus = {
    id: '1',
    uri: `${origin}/ap/notes/1`,
    url: `${origin}/@ana/1`,
    account,
    created_at: '2026-11-20T14:50:00.000Z',
    edited_at: '2026-11-20T15:50:00.000Z',
    content: '<p>Three from this morning.</p>',
    spoiler_text: '',
    sensitive: false,
    visibility: 'unlisted',
    language: 'en',
    in_reply_to_id: null,
    in_reply_to_account_id: null,
    mentions: [{ id: '9', acct: text, url }],
    tags: [{ name: text, url }],
    emojis,
    media_attachments: [image],
    replies_count: 1,
    reblogs_count: 0,
    favourites_count: 2,
    application: { name: text, website: url },
    poll: {
      expires_at: '2026-11-22T10:00:00Z',
      expired: true,
      multiple: false,
      votes_count: 3,
      voters_count: 3,
      options: [{ title: text, votes_count: 3 }],
      emojis: [],
    },
    quote: null,
    card: { url, title: text, description: text, provider_name: text, image: url },
    reblog: null,
  }
  const kinds = ['unknown', 'video', 'gifv', 'audio'] as const
  const statuses: ShownStatus[] = [
    status,
    { ...status, id: '2', spoiler_text: text || 'Warning' },
    { ...status, id: '3', sensitive: true },
    { ...status, id: '4', reblog: { ...status, id: '5', media_attachments: [] } },
    { ...status, id: '6', media_attachments: kinds.map((type) => ({ ...image, type })) },
    {
      ...status,
      id: '8',
      quote: { state: 'accepted', quoted_status: { ...status, quote: { state: 'accepted' } } },
    },
    { ...status, id: '9', quote: { state: 'accepted', quoted_status: { ...status, spoiler_text: text } } },
    { ...status, id: '10', quote: { state: text, quoted_status: null } },
    { ...status, id: '7', in_reply_to_id: '1', in_reply_to_account_id: '9' },
  ]
  const viewer = { username: 'ana', display_name: text, avatar_static: url, mayAdminister: true }
  const site = {
    name: text,
    domain: 'ledge.example',
    origin,
    registrations: 'approval' as const,
    sourceUrl: `${origin}/source`,
  }
  const notice = { kind: 'warn' as const, text }
  const out: Frame = { site, viewer: null, csrf: 'token', notice }
  const me: Frame = { ...out, viewer }
  const form: FormState = { values: {}, errors: {}, problem: text }
  for (const name of 'login username email reason domain owner disk current_password password'.split(' ')) {
    form.values[name] = text
    form.errors[name] = text
  }
  const rules = [{ id: '1', text, hint: text }]
  const profile: ProfileData = {
    account,
    tab: 'posts',
    statuses,
    pinned: [status],
    now,
    newer: null,
    older: '?max_id=1',
  }
  const descendants = [1, 2, 3, 4].map((n) => ({ ...status, id: `${n + 1}`, in_reply_to_id: `${n}` }))
  const person = {
    ...viewer,
    id: '1',
    emojis,
    email: text,
    createdAt: status.created_at,
    role: text,
    state: 'pending' as const,
    reason: text,
  }
  const hidden = { state: text }
  return {
    landing: landingPage(out, { description: '', statuses, now }),
    landingOfMember: landingPage(me, { description: '<p>x</p>', statuses: null, now }),
    profile: profilePage(out, profile),
    emptyProfile: profilePage(me, { ...profile, statuses: [], pinned: [], older: null, tab: 'media' }),
    suspended: profilePage(out, { ...profile, account: { ...account, suspended: true, moved: account } }),
    status: statusPage(out, {
      status,
      ancestors: [{ ...status, id: '0' }],
      descendants,
      noindex: true,
      now,
    }),
    warned: statusPage(out, {
      status: statuses[1] as ShownStatus,
      ancestors: [],
      descendants: [],
      noindex: false,
      now,
    }),
    tag: tagPage(out, { name: text, statuses, now, newer: '?min_id=1', older: null }),
    signIn: signInPage(out, { form, next: text, appName: text }),
    forgotPassword: forgotPasswordPage(out, form),
    mailSent: mailSentPage(out),
    lookInMail: lookInMailPage(out, text),
    confirmation: confirmationPage(out, { state: 'open', address: text, token: text }),
    confirmed: confirmationPage(out, { state: 'done', waits: false }),
    signUp: signUpPage(out, { form, rules, minAge: 16, emailRequired: true }),
    signUpDone: signUpDonePage(out, { state: 'pending', handle: text }),
    consent: consentPage(me, {
      app: { name: text, website: url },
      scopes: ['read', 'write:statuses', 'admin:read', text],
      account: viewer,
      redirectUri: url,
      hidden,
      here: text,
    }),
    oobCode: oobCodePage(me, { code: text, appName: text }),
    setup: setupPage(out, { form, code: text, warnings: { rateLimitsOff: true, plainHttp: true } }),
    setupDone: setupDonePage(out, { state: 'fresh', handle: text }),
    setupAlready: setupDonePage(out, { state: 'already' }),
    error: errorPage(out, { status: 404, sentence: text, requestId: text }),
    account: accountSettingsPage(me, {
      viewer,
      mail: { address: text, form, done: 'now' },
      form,
      sessions: [1, 2, 3].map((n) => ({
        id: `${n}`,
        browser: text,
        ip: text,
        lastSeenAt: status.created_at,
        current: n === 1,
      })),
      now,
    }),
    reset: resetPasswordPage(out, { state: 'open', form, token: text, handle: text }),
    resetBad: resetPasswordPage(out, { state: 'bad' }),
    people: adminPeoplePage(me, {
      people: [person, { ...person, id: '2', state: 'suspended' }],
      total: 2,
      waiting: 1,
      resetLink: { username: text, url: text, expiresAt: status.created_at },
      newer: null,
      older: '?max_id=1',
    }),
    about: aboutPage(out, {
      description: '',
      rules,
      contact: { account, email: text },
      stats: { members: 1, posts: 2, servers: 3 },
      version: text,
    }),
  }
}

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))

/** Reads markup strictly: quoted attributes, every element closed by its own end. */
function read(markup: string): { tag: string; attributes: Map<string, string> }[] {
  const seen: { tag: string; attributes: Map<string, string> }[] = []
  const open: string[] = []
  const body = markup.replace(/^<!doctype html>/, '').replace(/(<script [^>]*>).*?(<\/script>)/gs, '$1$2')
  for (const [whole, slash, tag = '', rest = '', self] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"<]*")?)*)\s*(\/?)>|<.{0,40}/g,
  )) {
    assert.ok(tag, `stray < at ${whole}`)
    if (slash) assert.equal(open.pop(), tag, `${whole} closes another element`)
    else {
      const attributes = new Map<string, string>()
      for (const [, name = '', value = ''] of rest.matchAll(/([a-zA-Z:-]+)(?:="([^"]*)")?/g)) {
        assert.ok(!attributes.has(name), `${name} twice in ${whole}`)
        attributes.set(name, value)
      }
      seen.push({ tag, attributes })
      if (!self && !VOID.has(tag)) open.push(tag)
    }
  }
  assert.deepEqual(open, [])
  return seen
}

describe('pages', () => {
  const pages = Object.entries(everyPage('words', 'https://media.example/1.png'))

  it('are whole, small documents with one main part and one heading', () => {
    for (const [name, { text }] of pages) {
      assert.match(text, /^<!doctype html><html lang="en"/, name)
      assert.ok(Buffer.byteLength(text) < 50_000, name)
      const seen = read(text)
      for (const tag of ['main', 'h1', 'title', 'header']) {
        assert.ok(
          seen.some((each) => each.tag === tag),
          `${name} has a ${tag}`,
        )
      }
      assert.equal(seen.filter(({ tag }) => tag === 'h1').length, 1, `${name} has one h1`)
      const ids = seen.flatMap(({ attributes }) => attributes.get('id') ?? [])
      assert.equal(new Set(ids).size, ids.length, `${name}: ids are unique`)
    }
  })

  it('hold no script and no inline style, so that the policy fits', () => {
    for (const [name, { text }] of pages) {
      for (const { tag, attributes } of read(text)) {
        if (tag === 'script') assert.equal(attributes.get('type'), 'application/ld+json', name)
        assert.notEqual(tag, 'style', name)
        for (const [attribute, value] of attributes) {
          assert.doesNotMatch(attribute, /^(?:style|on.*)$/, name)
          assert.doesNotMatch(value, /^\s*javascript:/i, name)
        }
      }
    }
  })

  it('label every field, describe what is wrong beside it, and carry the token in every form', () => {
    for (const [name, { text }] of pages) {
      const seen = read(text)
      const labels = new Set(
        seen.flatMap(({ tag, attributes }) => (tag === 'label' ? (attributes.get('for') ?? []) : [])),
      )
      const ids = new Set(seen.flatMap(({ attributes }) => attributes.get('id') ?? []))
      for (const { tag, attributes } of seen) {
        const kind = attributes.get('type') ?? ''
        const boxed = tag === 'textarea' || (tag === 'input' && !/^(?:hidden|radio|checkbox)$/.test(kind))
        if (boxed && !attributes.has('hidden'))
          assert.ok(labels.has(attributes.get('id') ?? ''), `${name}: ${[...attributes]}`)
        for (const id of attributes.get('aria-describedby')?.split(' ') ?? [])
          assert.ok(ids.has(id), `${name}: ${id}`)
        if (attributes.get('type') === 'password') assert.equal(attributes.get('value'), '', name)
      }
      const forms = seen.filter(({ tag }) => tag === 'form').length
      const tokens = seen.filter(
        ({ attributes }) => attributes.get('name') === 'csrf' && attributes.get('value') === 'token',
      )
      assert.equal(tokens.length, forms, name)
    }
  })

  it('give pictures a description and keep letters where there is none', () => {
    for (const [name, { text }] of pages) {
      for (const { tag, attributes } of read(text)) if (tag === 'img') assert.ok(attributes.has('alt'), name)
    }
  })
})

describe('what people write', () => {
  it('never becomes markup, in any page (XSS-05, XSS-06, XSS-09, XSS-16, XSS-21)', () => {
    for (const [name, { text }] of Object.entries(everyPage(HARM, 'https://media.example/1.png'))) {
      const seen = read(text)
      assert.ok(!seen.some(({ attributes }) => attributes.get('id') === 'x'), name)
      assert.ok(!text.includes('<b id=x'), name)
      for (const [, json = ''] of text.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs))
        JSON.parse(json)
    }
  })

  it('never becomes an address that runs (XSS-02)', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      '" onerror=alert(1) x="',
      '//evil.example/x',
    ]) {
      for (const [name, { text }] of Object.entries(everyPage('words', url))) {
        for (const { attributes } of read(text)) {
          for (const key of ['href', 'src', 'action', 'poster', 'content']) {
            const value = attributes.get(key) ?? ''
            assert.doesNotMatch(value, /^(?:javascript:|data:|\/\/)/i, `${name}: ${key}=${value}`)
          }
        }
      }
    }
  })
})

describe('what pages tell machines', () => {
  const pages = everyPage('words', 'https://media.example/1.png')
  const text = (name: string) => (pages[name] as Html).text

  it('a profile names its feed, its document, its owner’s other pages and the author', () => {
    const page = text('profile')
    assert.match(
      page,
      /<link rel="alternate" type="application\/activity\+json" href="https:\/\/ledge.example\/ap\/people\/1">/,
    )
    assert.match(
      page,
      /<link rel="alternate" type="application\/rss\+xml" href="https:\/\/ledge.example\/@ana.rss"/,
    )
    assert.match(page, /<link rel="me" href="https:\/\/ana.example\/">/)
    assert.match(page, /<meta name="fediverse:creator" content="@ana@ledge.example">/)
    assert.match(page, /"@type":"ProfilePage"/)
    assert.match(page, /<meta property="og:type" content="profile">/)
  })

  it('a post names its document and shows its picture, unless it is warned about', () => {
    assert.match(text('status'), /<meta property="og:image" content="https:\/\/media.example\/1.png">/)
    assert.match(text('status'), /summary_large_image/)
    assert.match(text('status'), /<meta name="robots" content="noindex">/)
    assert.match(text('status'), /"@type":"SocialMediaPosting"/)
    const warned = text('warned')
    assert.match(warned, /<meta name="description" content="words">/)
    assert.doesNotMatch(warned, /summary_large_image|<meta [^>]*Three from this morning/)
    assert.match(warned, /<details class="cw"><summary>/)
  })

  it('a thread deeper than three is continued elsewhere', () => {
    assert.equal(text('status').match(/Continue this thread/g)?.length, 1)
    assert.match(text('status'), /4 replies known here/)
  })
})
