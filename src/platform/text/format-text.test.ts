import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainText, sanitize } from '#platform/html.ts'
import {
  type FormatOptions,
  formatText,
  MAX_MARKDOWN_NESTING,
  SHOWN_URL_LENGTH,
} from '#platform/text/format-text.ts'

const options = {
  mentions: new Map([
    ['bob', { url: 'https://here.example/@bob', username: 'bob', acct: 'bob' }],
    [
      'a_b_c@there.example',
      { url: 'https://there.example/a_b_c', username: 'a_b_c', acct: 'a_b_c@there.example' },
    ],
  ]),
  tagUrl: (name: string) => `https://here.example/tags/${encodeURIComponent(name)}`,
} satisfies Partial<FormatOptions>

const plain = (text: string) => formatText(text, { ...options, contentType: 'text/plain' })
const markdown = (text: string) => formatText(text, { ...options, contentType: 'text/markdown' })

const BOB =
  '<span class="h-card" translate="no"><a href="https://here.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
const A_B_C =
  '<span class="h-card" translate="no"><a href="https://there.example/a_b_c" class="u-url mention">@<span>a_b_c</span></a></span>'
const tag = (name: string, display: string) =>
  `<a href="https://here.example/tags/${encodeURIComponent(name)}" class="mention hashtag" rel="tag">#<span>${display}</span></a>`
const link = (href: string, prefix: string, shown: string, rest = '') =>
  `<a href="${href}" target="_blank" rel="nofollow noopener noreferrer" translate="no"><span class="invisible">${prefix}</span>` +
  `<span class="${rest ? 'ellipsis' : ''}">${shown}</span><span class="invisible">${rest}</span></a>`
const written = (href: string, text: string) =>
  `<a href="${href}" rel="nofollow noopener noreferrer" target="_blank">${text}</a>`

describe('plain text', () => {
  const cases: [string, string][] = [
    ['text', '<p>text</p>'],
    ['', ''],
    [' \n ', ''],
    ['line\nfeed', '<p>line<br />feed</p>'],
    ['a\r\nb\r\n\r\nc', '<p>a<br />b</p><p>c</p>'],
    ['a\n\n\n\nb\n', '<p>a</p><p>b</p>'],
    ['@bob hi', `<p>${BOB} hi</p>`],
    ['@BOB', `<p>${BOB}</p>`],
    ['@a_b_c@There.Example!', `<p>${A_B_C}!</p>`],
    ['@nobody @bob@elsewhere.example', '<p>@nobody @bob@elsewhere.example</p>'],
    ['#Tag', `<p>${tag('tag', 'Tag')}</p>`],
    ['#hashtagタグ', `<p>${tag('hashtagタグ', 'hashtagタグ')}</p>`],
    ['https://example.com/', `<p>${link('https://example.com/', 'https://', 'example.com/')}</p>`],
    ['http://www.example.com', `<p>${link('http://www.example.com', 'http://www.', 'example.com')}</p>`],
    [
      'https://example.com/?a=1&b=2',
      `<p>${link('https://example.com/?a=1&amp;b=2', 'https://', 'example.com/?a=1&amp;b=2')}</p>`,
    ],
    [
      'https://example.com/the-power-to-build-communities',
      `<p>${link('https://example.com/the-power-to-build-communities', 'https://', 'example.com/the-power-to-build', '-communities')}</p>`,
    ],
    [
      '(https://example.com/a_(b))',
      `<p>(${link('https://example.com/a_(b)', 'https://', 'example.com/a_(b)')})</p>`,
    ],
    [
      'https://example.com/@bob',
      `<p>${link('https://example.com/@bob', 'https://', 'example.com/@bob')}</p>`,
    ],
    ['**not** _markdown_ `here`', '<p>**not** _markdown_ `here`</p>'],
    ['<script>alert("Hello")</script>', '<p>&lt;script&gt;alert(&quot;Hello&quot;)&lt;/script&gt;</p>'],
    [
      '<img src="javascript:alert(\'XSS\');">',
      '<p>&lt;img src=&quot;javascript:alert(&#39;XSS&#39;);&quot;&gt;</p>',
    ],
    [
      'http://example.com/b<b>"x',
      `<p>${link('http://example.com/b', 'http://', 'example.com/b')}&lt;b&gt;&quot;x</p>`,
    ],
    ['&lt; &amp;', '<p>&amp;lt; &amp;amp;</p>'],
    [':cat: 10:30:20', '<p>:cat: 10:30:20</p>'],
    ['a\0b', '<p>ab</p>'],
    ['＜script＞', '<p>＜script＞</p>'],
  ]
  for (const [text, html] of cases)
    it(`shows ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(plain(text), html))

  it('cuts a shown address between characters', () => {
    const html = plain(`https://example.com/${'😀'.repeat(SHOWN_URL_LENGTH)}`)
    assert.ok(html.isWellFormed())
    assert.match(
      html,
      /<span class="ellipsis">example\.com\/(😀){18}<\/span><span class="invisible">(😀){12}</,
    )
  })

  it('shows the domain of people who share a name', () => {
    const mentions = new Map([
      ['bob', { url: 'https://here.example/@bob', username: 'bob', acct: 'bob' }],
      ['bob@here.example', { url: 'https://here.example/@bob', username: 'bob', acct: 'bob' }],
    ])
    const show = () => formatText('@bob', { ...options, mentions, contentType: 'text/plain' })
    assert.match(show(), /<span>bob<\/span>/)
    mentions.set('bob@there.example', {
      url: 'https://there.example/bob',
      username: 'bob',
      acct: 'bob@there.example',
    })
    const html = formatText('@bob @bob@there.example', { ...options, mentions, contentType: 'text/plain' })
    assert.match(html, /<span>bob<\/span>.*<span>bob@there\.example<\/span>/)
  })

  it('escapes what the maps of mentions and tags say', () => {
    const html = formatText('@eve #x', {
      contentType: 'text/plain',
      mentions: new Map([['eve', { url: 'https://e.example/"><b>', username: '<i>', acct: 'eve' }]]),
      tagUrl: () => '"><script>',
    })
    assert.doesNotMatch(html, /<b>|<i>|<script>/)
  })

  it('reads back as what was typed', () => {
    const text = 'Hi @bob & <you>, see https://www.example.com/a/long/long/long/long/way\nnext\n\n#Tag'
    assert.equal(plainText(plain(text)), text)
  })
})

describe('markdown', () => {
  const cases: [string, string][] = [
    ['text', '<p>text</p>'],
    ['', ''],
    ['a\nb\n\nc', '<p>a<br />b</p><p>c</p>'],
    ['**a** *b* ~~c~~ `d`', '<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>'],
    ['# heading', '<h1>heading</h1>'],
    ['#heading', `<p>${tag('heading', 'heading')}</p>`],
    ['## two #tag', `<h2>two ${tag('tag', 'tag')}</h2>`],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['> quote', '<blockquote><p>quote</p></blockquote>'],
    ['```js\n@bob\n  #tag\n```', '<pre><code>@bob<br />  #tag</code></pre>'],
    ['    @bob #tag', '<pre><code>@bob #tag</code></pre>'],
    ['`@bob #tag https://example.com/`', '<p><code>@bob #tag https://example.com/</code></p>'],
    ['@bob *@bob* **#Bold**', `<p>${BOB} <em>${BOB}</em> <strong>${tag('bold', 'Bold')}</strong></p>`],
    ['@a_b_c@there.example _x_', `<p>${A_B_C} <em>x</em></p>`],
    ['#one_two_three', `<p>${tag('one_two_three', 'one_two_three')}</p>`],
    ['foo#bar a*b*#c', '<p>foo#bar a<em>b</em>#c</p>'],
    ['\\@bob \\#tag', '<p>@bob #tag</p>'],
    ['&#64;bob', '<p>@bob</p>'],
    ['@nobody_here_', '<p>@nobody_here_</p>'],
    [
      'https://example.com/a_b_*c*_d',
      `<p>${link('https://example.com/a_b_*c*_d', 'https://', 'example.com/a_b_*c*_d')}</p>`,
    ],
    [
      '**https://example.com/a**',
      `<p><strong>${link('https://example.com/a', 'https://', 'example.com/a')}</strong></p>`,
    ],
    [
      'https://example.com/#tag',
      `<p>${link('https://example.com/#tag', 'https://', 'example.com/#tag')}</p>`,
    ],
    ['[x](https://example.com/)', `<p>${written('https://example.com/', 'x')}</p>`],
    ['[@bob #tag](https://example.com/)', `<p>${written('https://example.com/', '@bob #tag')}</p>`],
    [
      '[https://a.example/](https://b.example/)',
      `<p>${written('https://b.example/', 'https://a.example/')}</p>`,
    ],
    ['<https://example.com/>', `<p>${written('https://example.com/', 'https://example.com/')}</p>`],
    ['[x](/relative)', '<p>x</p>'],
    ['![alt](https://example.com/x.png)', `<p>!${written('https://example.com/x.png', 'alt')}</p>`],
    ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    ['[x](data:text/html,1)', '<p>[x](data:text/html,1)</p>'],
    ['<b>x</b> <script>y</script>', '<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;</p>'],
    ['<!-- x -->', '<p>&lt;!-- x --&gt;</p>'],
    ['[x](https://example.com "\\" onclick=alert(1)")', `<p>${written('https://example.com', 'x')}</p>`],
    ['\ufdd00\ufdd1 @bob', `<p>0 ${BOB}</p>`],
    ['&#xfdd0;0&#xfdd1; @bob', `<p>\ufffd0\ufffd ${BOB}</p>`],
    ['```"><script>\nx\n```', '<pre><code>x</code></pre>'],
  ]
  for (const [text, html] of cases)
    it(`shows ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(markdown(text), html))

  it('is left alone by the sanitiser but for the marks of links', () => {
    for (const [text] of cases) {
      const once = sanitize(markdown(text))
      assert.equal(sanitize(once), once)
      assert.equal(plainText(once), plainText(markdown(text)))
    }
  })

  it('keeps a text with very many tags whole', () => {
    assert.equal(markdown('#a '.repeat(5000)).split('class="mention hashtag"').length, 5001)
  })

  it('leaves nesting beyond its bound', () => {
    const html = markdown(`${'> '.repeat(MAX_MARKDOWN_NESTING * 5)}deep`)
    assert.ok(html.split('<blockquote>').length <= MAX_MARKDOWN_NESTING + 1)
  })
})

describe('formatting', () => {
  for (const [name, make] of [
    ['mentions', (n: number) => '@bob '.repeat(n)],
    ['tags', (n: number) => '#a '.repeat(n)],
    ['stars', (n: number) => '*a '.repeat(n)],
    ['open brackets', (n: number) => '['.repeat(n)],
    ['links', (n: number) => '[a](b) '.repeat(n)],
    ['backticks', (n: number) => Array.from({ length: Math.sqrt(n) }, (_, i) => '`'.repeat(i)).join(' ')],
    ['quotes', (n: number) => '> '.repeat(n)],
    ['paragraphs', (n: number) => 'a\n\n'.repeat(n)],
    ['newlines', (n: number) => `a${'\n'.repeat(n)}b`],
    ['spaces', (n: number) => `a${' '.repeat(n)}b`],
  ] as const)
    it(`PAR-16 takes time in proportion to the number of ${name}`, () => {
      assertLinear((n) => plain(make(n)))
      assertLinear((n) => markdown(make(n)))
    })
})

/** Four times the input may take at most sixteen times as long, and never seconds. */
function assertLinear(work: (n: number) => void) {
  const time = (n: number) => {
    let best = Infinity
    for (let run = 0; run < 2; run++) {
      const start = performance.now()
      work(n)
      best = Math.min(best, performance.now() - start)
    }
    return best
  }
  const [small, large] = [time(500), time(2_000)]
  assert.ok(large < 16 * small + 50, `${small} ms grew to ${large} ms`)
}
