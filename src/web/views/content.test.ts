import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentOf, linksIn } from './content.ts'
import { fullHandle, nameOf, plainName } from './names.ts'

const emojis = [{ shortcode: 'moss', url: 'https://e.example/m.gif', static_url: 'https://e.example/m.png' }]
const shown = (html: string, options = {}) => contentOf(html, emojis, options).text

describe('links in posts', () => {
  const link = (href: string, text: string, more = '') =>
    `<a href="${href}" rel="nofollow"${more}>${text}</a>`

  it('say where they lead when their words do not (XSS-13)', () => {
    for (const text of [
      'click',
      'https://bank.example',
      'bank.example',
      'evil.example.bank.example',
      '@bank pay',
    ]) {
      assert.match(
        shown(link('https://evil.example/x', text)),
        /<span class="real-host">\(evil\.example\)<\/span>$/,
        text,
      )
    }
    const hidden = link(
      'https://evil.example/',
      '<span class="invisible">https://evil.example/</span>bank.example',
    )
    assert.match(shown(hidden), /\(evil\.example\)/)
  })

  it('stay as they are when their words begin with the host', () => {
    for (const text of [
      'https://www.a.example/x',
      'a.example',
      '<span class="invisible">https://</span><span>a.example/x</span>',
    ]) {
      const html = link('https://www.a.example/x', text)
      assert.equal(shown(html), html)
    }
  })

  it('stay as they are for mentions and hashtags', () => {
    for (const text of ['@<span>ana</span>', '#<span>lichen</span>']) {
      const html = link('https://a.example/@ana', text, ' class="mention"')
      assert.equal(shown(html), html)
    }
  })

  it('carry rel=me on a profile, once', () => {
    assert.match(shown(link('https://a.example', 'a.example'), { me: true }), /rel="me nofollow"/)
    assert.match(shown('<a href="https://a.example" rel="me">a.example</a>', { me: true }), /rel="me"/)
  })

  it('can be listed', () => {
    assert.deepEqual(linksIn(link('https://a.example/?a=1&amp;b=2', 'x')), ['https://a.example/?a=1&b=2'])
  })
})

describe('custom emoji', () => {
  it('become pictures in text, never inside tags', () => {
    const html = shown('<p>:moss: <a href="https://a.example/:moss:">a.example</a> :other:</p>')
    assert.equal(html.match(/<img /g)?.length, 1)
    assert.match(html, /href="https:\/\/a\.example\/:moss:"/)
    assert.match(html, /alt=":moss:"/)
  })

  it('need an address that may be shown', () => {
    const bad = [{ shortcode: 'moss', url: 'javascript:x', static_url: '' }]
    assert.equal(contentOf('<p>:moss:</p>', bad).text, '<p>:moss:</p>')
  })
})

describe('names', () => {
  const ana = { username: 'ana', display_name: '<Ana> :moss:', acct: 'ana', emojis }

  it('are escaped, isolated and never empty', () => {
    assert.match(nameOf(ana).text, /^<bdi>&lt;Ana&gt; <img /)
    assert.equal(nameOf({ ...ana, display_name: ' ' }).text, '<bdi>ana</bdi>')
    assert.equal(plainName(ana), '<Ana>')
    assert.equal(plainName({ ...ana, display_name: ':moss:' }), 'ana')
  })

  it('have a full handle wherever they live', () => {
    assert.equal(fullHandle(ana, 'a.example'), '@ana@a.example')
    assert.equal(fullHandle({ acct: 'dev@b.example' }, 'a.example'), '@dev@b.example')
  })
})
