import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contentSecurityPolicy, pageHeaders } from './csp.ts'

const formAction = (...uris: string[]) => /form-action ([^;]*)$/.exec(contentSecurityPolicy(uris))?.[1]

describe('the content-security policy', () => {
  it('allows nothing that is not named, no script and no inline style (WEB-01)', () => {
    const policy = contentSecurityPolicy()
    assert.match(policy, /^default-src 'none'; /)
    assert.match(policy, /base-uri 'none'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe|script-src|\*/)
    assert.equal(formAction(), "'self'")
    assert.equal(pageHeaders()['referrer-policy'], 'same-origin')
  })

  it('lets the consent page lead to the app', () => {
    assert.equal(formAction('https://app.example/back?x=1'), "'self' https://app.example")
    assert.equal(formAction('http://127.0.0.1:8123/cb'), "'self' http://127.0.0.1:8123")
    assert.equal(formAction('com.app.social://oauth'), "'self' com.app.social:")
    assert.equal(formAction('urn:ietf:wg:oauth:2.0:oob'), "'self'")
    assert.equal(formAction('http://[::1]:80/'), "'self' http:")
  })

  it('cannot be rewritten by an address', () => {
    for (const uri of [
      "https://a;script-src'*'/",
      'javascript:x',
      'data:x',
      'a;b://x',
      'https://a,b.example/',
      'nonsense',
    ]) {
      assert.match(formAction(uri) ?? '', /^'self'(?: https:)?$/, uri)
    }
  })
})
