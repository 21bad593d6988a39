import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Value } from './html.ts'
import { html, joined, jsonData, raw, safeUrl } from './html.ts'

const text = (markup: { text: string }) => markup.text

describe('html templates', () => {
  it('escape every value, in text and in attributes', () => {
    const nasty = `"><script>alert('1')</script>&`
    const safe = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;'
    assert.equal(text(html`<a title="${nasty}">${nasty}</a>`), `<a title="${safe}">${safe}</a>`)
  })

  it('take markup made by html or raw as it is, once', () => {
    assert.equal(text(html`<p>${html`<b>${'<'}</b>`}${raw('<i>x</i>')}</p>`), '<p><b>&lt;</b><i>x</i></p>')
  })

  it('join lists, also nested ones, and leave out what is not there', () => {
    const values: Value[] = [html`<li>1</li>`, ['<', [2]], null, undefined, false]
    assert.equal(text(html`<ul>${values}</ul>`), '<ul><li>1</li>&lt;2</ul>')
    assert.equal(text(html`<p>${0}</p>`), '<p>0</p>')
  })

  it('refuse data that imitates markup', () => {
    const forged = JSON.parse('{"text":"<script>"}') as Value
    assert.throws(() => html`<p>${forged}</p>`, TypeError)
  })

  it('refuse attributes without quotes and text between attributes', () => {
    assert.throws(() => html`<a title=${'x'}>y</a>`, TypeError)
    assert.throws(() => html`<a ${' onclick=x'}>y</a>`, TypeError)
    assert.equal(text(html`<a${html` title="${'"'}"`} hidden>y</a>`), '<a title="&quot;" hidden>y</a>')
    assert.equal(text(html`<a href="/?a=${'1'}&amp;b=${'2'}">y</a>`), '<a href="/?a=1&amp;b=2">y</a>')
    assert.equal(text(html`<${'h2'}>y</${'h2'}>`), '<h2>y</h2>')
  })

  it('leave out indentation beside tags and keep it between words and attributes', () => {
    const made = html`
      <p
        class="a"
        title="b"
      >
        two
        words
      </p>
      ${'x'}
    `
    assert.equal(text(made), '<p class="a" title="b" >two words</p>x')
  })

  it('join parts with something between, leaving out empty ones', () => {
    assert.equal(text(joined(['a', null, html`<b>c</b>`], ' · ')), 'a · <b>c</b>')
  })
})

describe('addresses in pages', () => {
  it('may be http, https or a path of this server', () => {
    for (const url of ['https://a.example/x?y#z', 'http://a.example', '/@ana', '/'])
      assert.equal(safeUrl(url), url)
  })

  it('may be nothing else', () => {
    const bad = [
      'javascript:alert(1)',
      ' javascript:x',
      '//evil.example',
      '/\\evil.example',
      'data:text/html,x',
    ]
    bad.push('https://', 'java\nscript:x', '/\n/evil.example', 'vbscript:x', 'ana', '')
    for (const url of bad) assert.equal(safeUrl(url), '', url)
    assert.equal(safeUrl(null), '')
  })
})

describe('data blocks', () => {
  it('cannot end the element they stand in', () => {
    const block = text(jsonData('application/ld+json', { name: '</script><b id=x><!--\u2028&' }))
    assert.doesNotMatch(block.slice('<script type="application/ld+json">'.length, -9), /[<>&\u2028]/)
    const json = block.replace(/^<script[^>]*>|<\/script>$/g, '')
    assert.deepEqual(JSON.parse(json), { name: '</script><b id=x><!--\u2028&' })
  })
})
