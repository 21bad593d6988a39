import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  cleanName,
  escapeHtml,
  isBlank,
  MAX_HREF_LENGTH,
  MAX_HTML_DEPTH,
  MAX_HTML_LENGTH,
  MAX_HTML_TAGS,
  plainText,
  sanitize,
} from '#platform/html.ts'
import { assertSafe, attacks } from '../../test/html-grammar.ts'

const LINK = 'rel="nofollow noopener noreferrer" target="_blank"'

const kept: [string, string][] = [
  ['<p>hello<br>world</p>', '<p>hello<br />world</p>'],
  ['plain & simple', 'plain &amp; simple'],
  ['<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><s>f</s><del>g</del>', 'same'],
  ['<sub>a</sub><sup>b</sup><code>c</code><pre>d\n e</pre><blockquote>f</blockquote>', 'same'],
  ['<ol start="3" reversed><li value="2">a</li></ol><ul><li>b</li></ul>', 'same'],
  ['<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>', 'same'],
  ['<h1>a</h1><h5>b</h5>', 'same'],
  ['<h6>a</h6><b>b</b>', '<h5>a</h5><b>b</b>'],
  ['<abbr title="for example">e.g.</abbr>', 'same'],
  ['<p lang="ja">はい</p><p lang="x&quot; y">a</p>', '<p lang="ja">はい</p><p>a</p>'],
  [
    '<a href="https://example.com/?a=1&b=2">x</a>',
    `<a href="https://example.com/?a=1&amp;b=2" ${LINK}>x</a>`,
  ],
  ['<a href="HTTPS://EXAMPLE.com">x</a>', `<a href="HTTPS://EXAMPLE.com" ${LINK}>x</a>`],
  [
    '<a href="gemini://example.com/" rel="me tag" target="_top">x</a>',
    `<a href="gemini://example.com/" ${LINK}>x</a>`,
  ],
  ['<a href="magnet:?xt=urn:btih:c1">x</a>', `<a href="magnet:?xt=urn:btih:c1" ${LINK}>x</a>`],
  ['<a href="/about">x</a>', 'x'],
  ['<a href="//example.com">x</a>', 'x'],
  ['<a name="top">x</a>', 'x'],
  ['<a href="mailto:a@example.com">x</a>', 'x'],
  [
    '<span class="h-card evil u-photo" translate="no">a</span><span translate="yes" class="modal">b</span>',
    '<span class="h-card u-photo" translate="no">a</span><span>b</span>',
  ],
  [
    '<p class="quote-inline">RE</p><p class="mention hashtag ellipsis invisible p-x dt-x e-x column-header">a</p>',
    '<p class="quote-inline">RE</p><p class="mention hashtag ellipsis invisible p-x dt-x e-x">a</p>',
  ],
  ['<b class="mention" style="position:fixed" id="x" onclick="y()">a</b>', '<b>a</b>'],
  ['<div>a</div><div>b</div>', '<p>a</p><p>b</p>'],
  ['<div><p>a</p><p>b</p></div>', '<p>a</p><p>b</p>'],
  ['<p>a<p>b', '<p>a</p><p>b</p>'],
  ['<p><b>a<ul><li>b</ul></b>c</p>', '<p><b>a</b></p><ul><li>b</li></ul>c'],
  [
    '<a href="https://a.example">a<a href="https://b.example">b</a></a>',
    `<a href="https://a.example" ${LINK}>ab</a>`,
  ],
  ['<img src="https://a.example/p.png" alt="A cat">', `<a href="https://a.example/p.png" ${LINK}>A cat</a>`],
  [
    '<img src="https://a.example/p.png">',
    `<a href="https://a.example/p.png" ${LINK}>https://a.example/p.png</a>`,
  ],
  ['<img src="javascript:x" alt="A cat"> b', '<span>A cat</span> b'],
  [
    '<blockquote cite="https://a.example/1">a</blockquote><blockquote cite="data:x">b</blockquote>',
    '<blockquote cite="https://a.example/1">a</blockquote><blockquote>b</blockquote>',
  ],
  [
    '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>',
    '$x^2$',
  ],
  [
    '<math display="block"><semantics><annotation encoding="application/x-tex">a&lt;b</annotation></semantics></math>',
    '$$a&lt;b$$',
  ],
  [
    '<math><semantics><annotation encoding="text/plain">x squared</annotation></semantics></math>',
    'x squared',
  ],
]

const PIECES = (
  '<p>|</p>|<a href="https://a.example/">|<a href="javascript:x">|<a>|</a>|<b>|</b>|<i>|</i>|<div>|</div>|<li>|</li>|<ul>|</ul>|' +
  '<ol>|<rt>|<rp>|<ruby>|</ruby>|<x>|</x>|<svg>|</svg>|<math>|</math>|<style>|</style>|<script>|</script>|<!--|-->|<br>|</br>|' +
  '<img src="https://a.example/i" alt="i">|<img>|<table>|<tr>|<td>|</table>|<h1>|</h1>|<h6>|</h6>|<pre>|</pre>|<blockquote>|' +
  '</blockquote>|<span class="h-x y">|</span>|<hr>|<title>|</title>|<textarea>|</textarea>|<xmp>|<option>|<select>|<template>|' +
  '</template>|<p|"|\'|>|<|&|&lt;|&#0;|&#1;|&nbsp;|&amp;lt;|\u0001|\0|\n|\r\n| |text|\ud800|<code>|</code>|<dd>|<dt>|' +
  '<annotation encoding="text/plain">|</annotation>|<mtext>|<foreignObject>|<noscript>|</noscript>|<abbr title="&quot;&lt;">|</abbr>'
).split('|')

/** A repeatable stream of soups of tags (mulberry32). */
function* soups(count: number, seed: number) {
  let state = seed
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  for (let i = 0; i < count; i++)
    yield Array.from({ length: 1 + random() * 24 }, () => PIECES[Math.floor(random() * PIECES.length)]).join(
      '',
    )
}

describe('sanitize', () => {
  for (const [from, to] of kept)
    it(`turns ${from.slice(0, 60)} into what Mastodon shows`, () => {
      assert.equal(sanitize(from), to === 'same' ? from : to)
    })

  for (const attack of attacks)
    it(`defuses ${JSON.stringify(attack).slice(0, 70)}`, () => {
      const html = sanitize(attack)
      assertSafe(html, attack)
      assert.equal(sanitize(html), html)
    })

  it('XSS-03 changes nothing the second time, and stays within its grammar, whatever the soup of tags', () => {
    for (const soup of soups(1500, 7)) {
      const html = sanitize(soup)
      assertSafe(html, soup)
      assert.equal(sanitize(html), html, JSON.stringify(soup))
      assert.doesNotMatch(html, /\0/)
      assert.ok(html.isWellFormed())
    }
  })

  it('PAR-17 keeps the text of 50,000 nested tags and of broken entities', () => {
    assert.match(sanitize(`${'<b>'.repeat(50_000)}still here`), /still here/)
    assert.match(sanitize(`${'<b>'.repeat(MAX_HTML_TAGS + 1)}<p>a &lt; b</p>`), /a &lt; b/)
    assert.match(sanitize(`&#xZZ; &#99999999; &bogus; &amp ${'&'.repeat(1000)}still here`), /still here/)
  })

  it('lets nothing nest deeper than its bound', () => {
    const html = sanitize(`${'<b>'.repeat(500)}deep`)
    assert.equal(html.split('<b>').length - 1, MAX_HTML_DEPTH)
    assert.match(html, /deep/)
  })

  it('looks only at the beginning of an overlong text', () => {
    assert.equal(sanitize('a'.repeat(MAX_HTML_LENGTH + 10)).length, MAX_HTML_LENGTH)
    const cut = sanitize(`${'a'.repeat(MAX_HTML_LENGTH - 1)}😀`)
    assert.ok(cut.isWellFormed())
  })

  it('unwraps links longer than its bound', () => {
    assert.equal(sanitize(`<a href="https://a.example/${'x'.repeat(MAX_HREF_LENGTH)}">y</a>`), 'y')
  })

  for (const [name, make] of [
    ['open tags', (n: number) => '<b>'.repeat(n)],
    ['tags that close nothing', (n: number) => '<b>'.repeat(n / 2) + '</i>'.repeat(n / 2)],
    ['open angle brackets', (n: number) => '<'.repeat(n)],
    ['open comments', (n: number) => '<!--'.repeat(n)],
    ['half attributes', (n: number) => '<a href="'.repeat(n)],
    ['formulas', (n: number) => '<math><annotation x="'.repeat(n)],
    ['paragraphs in bold', (n: number) => '<p><b>'.repeat(n)],
    ['spaces', (n: number) => `<p>${' '.repeat(n)}x`],
    ['entities', (n: number) => '&#x41'.repeat(n)],
  ] as const)
    it(`PAR-16 takes time in proportion to the number of ${name}`, () => {
      assertLinear((n) => sanitize(make(n)))
      assertLinear((n) => plainText(make(n)))
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
  const [small, large] = [time(2_000), time(8_000)]
  assert.ok(large < 16 * small + 50, `${small} ms grew to ${large} ms`)
}

describe('plainText', () => {
  const cases: [string, string][] = [
    ['<p>Hello <b>you</b><br>there</p><p>Again</p>', 'Hello you\nthere\n\nAgain'],
    ['a &amp;lt; b &lt;c&gt; &quot;d&quot;', 'a &lt; b <c> "d"'],
    ['<ul><li>one</li><li>two</li></ul>', 'one\ntwo'],
    ['<p>a\n   b</p>', 'a b'],
    ['<script>x</script><style>y</style>z', 'z'],
    [
      '<p>see <a href="https://a.example"><span class="invisible">https://</span>a.example</a></p>',
      'see https://a.example',
    ],
    ['<div>a</div><div>b</div>', 'a\n\nb'],
    ['', ''],
    ['no tags', 'no tags'],
    ['<p></p><p> </p>', ''],
  ]
  for (const [from, to] of cases) it(`reads ${JSON.stringify(from)}`, () => assert.equal(plainText(from), to))

  it('says the same of foreign HTML before and after it was sanitised', () => {
    assert.equal(plainText(sanitize('<p>1 &lt; 2<br/>x</p>')), plainText('<p>1 &lt; 2<br/>x</p>'))
  })
})

describe('names', () => {
  it('XSS-12 lose overrides, controls and outer spaces', () => {
    assert.equal(cleanName('  \u202eevil\u202c\u2066x\u2069\0\u0007 '), 'evilx')
    assert.equal(cleanName('two\n\tlines\u2028here'), 'two lines here')
    assert.equal(cleanName('Ada 👩‍💻 \u200fעדה'), 'Ada 👩‍💻 \u200fעדה')
    assert.ok(cleanName('\ud800x').isWellFormed())
  })

  for (const text of [
    '',
    ' ',
    '\u200b',
    '\u2800',
    '\u3164',
    '\u00ad\u200d\ufeff',
    '\u115f\uffa0',
    '\u{e0020}',
    '\u180e',
    '\n\t',
  ])
    it(`are blank when only ${JSON.stringify(text)}`, () => assert.equal(isBlank(text), true))
  for (const text of ['a', ' . ', '👍', '\u200bx', 'ا', '❤️'])
    it(`are not blank with ${JSON.stringify(text)}`, () => assert.equal(isBlank(text), false))

  it('escape into text and attributes alike', () => {
    assert.equal(escapeHtml(`<a href="x" title='y'>&`), '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;')
  })
})
