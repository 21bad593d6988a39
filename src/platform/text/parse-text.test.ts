import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  isTagName,
  MAX_DOMAIN_LENGTH,
  MAX_PARSED_LENGTH,
  MAX_SHORTCODE_LENGTH,
  MAX_URL_LENGTH,
  parseText,
  type Span,
  statusLength,
  tagName,
} from '#platform/text/parse-text.ts'

/** A span as a short word: @user, @user@host, #Tag, the address, :code:. */
function word(span: Span): string {
  if (span.kind === 'mention') return `@${span.username}${span.domain === null ? '' : `@${span.domain}`}`
  if (span.kind === 'hashtag') return `#${span.displayName}`
  return span.kind === 'url' ? span.url : `:${span.shortcode}:`
}

const words = (text: string) => parseText(text).map(word)

const mentions: [string, string[]][] = [
  ['@alice', ['@alice']],
  ['Hello to @alice from me', ['@alice']],
  ['@alice@example.com', ['@alice@example.com']],
  ['Hello @alice@example.com.', ['@alice@example.com']],
  ['.@alice listen', ['@alice']],
  ['(@alice)', ['@alice']],
  ['"@alice@example.com"', ['@alice@example.com']],
  ['@alice, @bob; @carol!', ['@alice', '@bob', '@carol']],
  ['@alice@example.com @alice', ['@alice@example.com', '@alice']],
  ['mail alice@example.com', []],
  ['x=@alice', []],
  ['/@alice', []],
  ['_@alice', []],
  ['é@alice', []],
  ['日本@alice', []],
  ['@', []],
  ['@ alice', []],
  ['@@alice', ['@alice']],
  ['@alice@', []],
  ['@alice@ x', []],
  ['@a@b@c', []],
  ['@alice://x', []],
  ['@aliceé', []],
  ['@aliceさん', ['@alice']],
  ['@alice.', ['@alice']],
  ['@alice...', ['@alice']],
  ['@alice-', ['@alice']],
  ['@al.ice', ['@al.ice']],
  ['@al-ice_2@sub.example.co.uk/', ['@al-ice_2@sub.example.co.uk']],
  ['@_alice_', ['@_alice_']],
  ['@Alice@Example.COM', ['@Alice@Example.COM']],
  ['@alice@例え.テスト', ['@alice@例え.テスト']],
  ['@alice@xn--r8jz45g.xn--zckzah', ['@alice@xn--r8jz45g.xn--zckzah']],
  ['@alice@example..com', ['@alice@example..com']],
  ['@alice@example.com:443', ['@alice@example.com']],
  ['@alice@localhost:3000', ['@alice@localhost:3000']],
  ['@\u017fam', []],
  ['＠alice', []],
  ['@алиса', []],
  ['@alice\n@bob', ['@alice', '@bob']],
]

const hashtags: [string, string[]][] = [
  ['#tag', ['#tag']],
  ['a #tag.', ['#tag']],
  ['line\n#tag', ['#tag']],
  ['test\u00a0#foo', ['#foo']],
  ['this is #ａｅｓｔｈｅｔｉｃ', ['#ａｅｓｔｈｅｔｉｃ']],
  ['this is ＃ｆｏｏ', ['#ｆｏｏ']],
  ['#3d', ['#3d']],
  ['#l33ts35k', ['#l33ts35k']],
  ['#world2016', ['#world2016']],
  ['#_test', ['#_test']],
  ['#test_', ['#test_']],
  ['#one_two_three', ['#one_two_three']],
  ['#one·two·three', ['#one·two·three']],
  ['#one·two·three·', ['#one·two·three']],
  ['#·one·two', []],
  ['#ぼっち・ざ・ろっく', ['#ぼっち・ざ・ろっく']],
  ['just add #نرم\u200cافزار and', ['#نرم\u200cافزار']],
  ['#0123456', []],
  ['#1', []],
  ['#1_2', ['#1_2']],
  ['#1·2', ['#1·2']],
  ['#1_', []],
  ['#_', []],
  ['#', []],
  ['##tag', []],
  ['# tag', []],
  ['foo#tag', []],
  ['/#tag', []],
  ['(#tag)', []],
  ['#タグ', ['#タグ']],
  ['#标签 #태그 #тег #हिन्दी', ['#标签', '#태그', '#тег', '#हिन्दी']],
  ['#a#b', ['#a']],
  ['#tag-line', ['#tag']],
  ['#tag🎉', ['#tag']],
  ["#rock'n'roll", ['#rock']],
  ['#hashtag://', ['#hashtag']],
  ['#hashtaghttps://', ['#hashtag']],
  ['toß #ruby', ['#ruby']],
  ['&#39;', []],
  ['#Tag #tag', ['#Tag', '#tag']],
]

const urls: [string, string[]][] = [
  ['http://example.com', ['http://example.com']],
  ['HTTPS://Example.COM/A', ['HTTPS://Example.COM/A']],
  ['see https://example.com/a?b=c&d#e, yes', ['https://example.com/a?b=c&d#e']],
  ['https://example.com/.', ['https://example.com/']],
  ['http://www.example.com!', ['http://www.example.com']],
  ["http://www.example.com'", ['http://www.example.com']],
  ['http://www.example.com>', ['http://www.example.com']],
  ['(http://example.com/)', ['http://example.com/']],
  ['"https://example.com/"', ['https://example.com/']],
  ['<https://example.com/>', ['https://example.com/']],
  ['「[https://example.org/」', ['https://example.org/']],
  [
    'https://en.wikipedia.org/wiki/Diaspora_(software)',
    ['https://en.wikipedia.org/wiki/Diaspora_(software)'],
  ],
  ['(see https://en.wikipedia.org/wiki/A_(b))', ['https://en.wikipedia.org/wiki/A_(b)']],
  ['https://ja.wikipedia.org/wiki/日本', ['https://ja.wikipedia.org/wiki/日本']],
  ['https://ko.wikipedia.org/wiki/대한민국', ['https://ko.wikipedia.org/wiki/대한민국']],
  ['https://example.com/\u3000abc', ['https://example.com/']],
  ['https://example.com/道、次', ['https://example.com/道']],
  ['これhttps://example.comです', ['https://example.com']],
  ['https://example.comを見て。', ['https://example.com']],
  ['https://nic.みんな/', ['https://nic.みんな/']],
  ['https://пример.рф/путь', ['https://пример.рф/путь']],
  ['https://example.com/?q=✓&r=1', ['https://example.com/?q=✓&r=1']],
  ['https://example.com:8080/x', ['https://example.com:8080/x']],
  ['https://192.0.2.1/x', ['https://192.0.2.1/x']],
  ['https://example.com/@alice/1', ['https://example.com/@alice/1']],
  ['https://example.com/a#Lawsuit', ['https://example.com/a#Lawsuit']],
  ['https://example.com/?x=@alice', ['https://example.com/?x=@alice']],
  ['https://example.com/:smile:/', ['https://example.com/:smile:/']],
  ['https://a.example/ https://b.example/', ['https://a.example/', 'https://b.example/']],
  ['xhttps://example.com', []],
  ['@https://example.com', []],
  ['#https://example.com', ['#https']],
  ['http://localhost/', []],
  ['http://www\\.google\\.com', []],
  ['https://', []],
  ['https://.', []],
  ['https:///etc', []],
  ['ftp://example.com javascript://example.com', []],
  ['example.com www.example.com', []],
  ['mailto:a@example.com', []],
  ['https://user@example.com/', []],
  ['https://example.com/a\u202egnp.exe', ['https://example.com/a']],
  ['http://example.com/b<del>b</del>', ['http://example.com/b']],
]

const emoji: [string, string[]][] = [
  [':cat:', [':cat:']],
  ['a :cat_1: b', [':cat_1:']],
  ['(:cat:)', [':cat:']],
  [':cat: :dog:', [':cat:', ':dog:']],
  [':cat::dog:', []],
  ['a:cat:', []],
  [':cat:a', []],
  ['12:30:45', []],
  [':a:', []],
  [':a-b:', []],
  ['::', []],
  [`:${'x'.repeat(MAX_SHORTCODE_LENGTH)}:`, [`:${'x'.repeat(MAX_SHORTCODE_LENGTH)}:`]],
  [`:${'x'.repeat(MAX_SHORTCODE_LENGTH + 1)}:`, []],
]

describe('parseText', () => {
  for (const [kind, table] of Object.entries({ mentions, hashtags, urls, emoji }))
    describe(`finds ${kind}`, () => {
      for (const [text, expected] of table)
        it(`${JSON.stringify(text).slice(0, 70)} → ${expected.join(' ').slice(0, 70) || 'none'}`, () =>
          assert.deepEqual(words(text), expected))
    })

  it('gives positions that cut the source exactly, in order and without overlap', () => {
    const text = '😀 @bob@example.com: #Tag, https://example.com/a_(b)! :cat: ＃ｔａｇ'
    const spans = parseText(text)
    assert.deepEqual(
      spans.map((span) => text.slice(span.start, span.end)),
      ['@bob@example.com', '#Tag', 'https://example.com/a_(b)', ':cat:', '＃ｔａｇ'],
    )
    for (const [i, span] of spans.entries()) assert.ok(span.start >= (spans[i - 1]?.end ?? 0))
  })

  it('lets marks of emphasis stand before mentions and tags in markdown only', () => {
    const inMarkdown = (text: string) => parseText(text, { markdown: true }).map(word)
    assert.deepEqual(inMarkdown('**#bold** *@bob* ~~#gone~~'), ['#bold', '@bob', '#gone'])
    assert.deepEqual(inMarkdown('**https://example.com/a** `https://example.com/b`'), [
      'https://example.com/a',
      'https://example.com/b',
    ])
    assert.deepEqual(inMarkdown('a**#b** a*#c'), [])
    assert.deepEqual(words('**#bold**'), [])
  })

  it('leaves addresses, domains and texts beyond their bounds alone', () => {
    assert.deepEqual(words(`https://example.com/${'a'.repeat(MAX_URL_LENGTH)}`), [])
    assert.deepEqual(words(`@a@${'b'.repeat(MAX_DOMAIN_LENGTH + 1)}`), [])
    assert.deepEqual(words(`${' '.repeat(MAX_PARSED_LENGTH)}#late @late`), [])
  })

  for (const [name, make] of [
    ['mentions', (n: number) => ' @a@b.c'.repeat(n)],
    ['broken mentions', (n: number) => '@a'.repeat(n)],
    ['dots after a mention', (n: number) => `@a${'.'.repeat(n * 4)}`],
    ['tags', (n: number) => ' #a'.repeat(n)],
    ['joiners in a tag', (n: number) => ` #1${'·'.repeat(n * 4)}`],
    ['digits in a tag', (n: number) => ` #${'1'.repeat(n * 4)}`],
    ['addresses', (n: number) => ' http://a.b/c'.repeat(n)],
    ['beginnings of addresses', (n: number) => 'http://'.repeat(n)],
    ['brackets in an address', (n: number) => `http://a.bc/${'([{'.repeat(n)}`],
    ['addresses of brackets', (n: number) => 'http://a.bc/(("['.repeat(n)],
    ['host names', (n: number) => `http://${'a.'.repeat(n)}`],
    ['emoji codes', (n: number) => ':aa: '.repeat(n)],
    ['colons', (n: number) => ':a'.repeat(n)],
    ['stars', (n: number) => '*'.repeat(n * 4)],
  ] as const)
    it(`PAR-16 takes time in proportion to the number of ${name}`, () => {
      assertLinear((n) => parseText(make(n)))
      assertLinear((n) => parseText(make(n), { markdown: true }))
      assertLinear((n) => statusLength(make(n)))
    })
})

/** Four times the input may take at most sixteen times as long, and never seconds. */
function assertLinear(work: (n: number) => void) {
  const time = (n: number) => {
    let best = Infinity
    for (let run = 0; run < 3; run++) {
      const start = performance.now()
      work(n)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }
  const [small, large] = [time(1_500), time(6_000)]
  assert.ok(large < 16 * small + 50, `${small} ms grew to ${large} ms`)
}

describe('tagName', () => {
  for (const spellings of [
    ['Straße', 'STRASSE', 'strasse', 'STRAẞE', 'ＳＴＲＡＳＳＥ'],
    ['İstanbul', 'ISTANBUL', 'istanbul', 'ıstanbul', 'I\u0307stanbul'],
    ['Café', 'cafe', 'CAFÉ', 'Cafe\u0301', 'ｃａｆｅ́'],
    ['ΟΔΟΣ', 'οδος', 'οδοσ'],
    ['Ångström', 'angstrom', 'A\u030angstro\u0308m'],
    ['ガンダム', 'ｶﾞﾝﾀﾞﾑ', 'カ\u3099ンタ\u3099ム'],
    ['ﬁlm', 'Film'],
    ['heart', 'heart\ufe0f', '#heart', 'he\u200dart'],
    ['Łódź', 'lodz'],
  ])
    it(`gives one form to ${spellings.join(' ')}`, () =>
      assert.deepEqual([...new Set(spellings.map(tagName))], [tagName(spellings[0] as string)]))

  it('keeps what makes a difference', () => {
    assert.notEqual(tagName('ba'), tagName('pa'))
    assert.equal(tagName('ぼっち・ざ'), 'ぼっち・ざ')
    assert.equal(tagName('نرم\u200cافزار'), 'نرم\u200cافزار')
    assert.equal(tagName('one_two·3'), 'one_two·3')
    assert.equal(tagName('тег'), 'тег')
  })

  it('changes nothing the second time, for every character', () => {
    for (let code = 0x20; code < 0x20000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const once = tagName(`a${String.fromCodePoint(code)}b`)
      assert.equal(tagName(once), once, code.toString(16))
    }
  })

  it('is told from what no tag can be', () => {
    for (const good of ['tag', '3d', 'a', '1_2', 'タグ', 'a·b']) assert.equal(isTagName(good), true, good)
    for (const bad of ['', '1', 'a b', '#a', '·a', 'a·', 'a-b', '<b>', 'a\n', 'a.b'])
      assert.equal(isTagName(bad), false, bad)
  })
})

describe('statusLength', () => {
  const cases: [string, number, string?][] = [
    ['', 0],
    ['hello', 5],
    ['héllo', 5],
    ['👨‍👩‍👧‍👦', 1],
    ['🇫🇷', 1],
    ['日本語', 3],
    ['https://a.example/', 23],
    [`https://example.com/${'a'.repeat(200)}`, 23],
    ['see https://a.example/ and https://b.example/x.', 23 + 23 + 10],
    ['@bob', 4],
    ['@bob@example.com', 4],
    ['@bob@example.com hi', 7],
    ['mail bob@example.com', 20],
    ['#tag', 4],
    [':cat:', 5],
    ['text', 8, 'spoi'],
    ['', 27, 'see https://a.example/'],
    ['a\r\nb', 3],
    ['example.com', 11],
    ['（https://example.com/）', 25],
  ]
  for (const [text, length, spoiler] of cases)
    it(`is ${length} for ${JSON.stringify(text).slice(0, 50)}${spoiler ? ` behind ${spoiler}` : ''}`, () =>
      assert.equal(statusLength(text, spoiler), length))

  it('never counts an overlong text as short', () => {
    assert.ok(statusLength('😀'.repeat(MAX_PARSED_LENGTH)) > MAX_PARSED_LENGTH / 2)
  })
})
