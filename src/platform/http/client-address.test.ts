import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { canonicalAddress, networkOf, readClient } from './client-address.ts'

const trusted = ['127.0.0.0/8', '10.0.0.0/8', '::1']
const peer = (address: string | undefined) => ({ address, encrypted: false })
const ipOf = (headers: Record<string, string>, address: string | undefined = '127.0.0.1') =>
  readClient(headers, peer(address), trusted).ip

describe('the client behind proxies', () => {
  test('is the right-most address that is no trusted proxy', () => {
    assert.equal(ipOf({ 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.1.2.3' }), '203.0.113.9')
    assert.equal(ipOf({ 'x-forwarded-for': '203.0.113.9:4711' }), '203.0.113.9')
    assert.equal(ipOf({ 'x-forwarded-for': '[2001:db8::1]:80' }), '2001:db8::1')
    assert.equal(ipOf({ forwarded: 'for=6.6.6.6, for="[2001:db8:0::9]:443";proto=https' }), '2001:db8::9')
    assert.equal(ipOf({ 'x-forwarded-for': '10.0.0.1, 10.0.0.2' }), '10.0.0.1')
  })

  test('is the peer itself when the peer is not trusted, whatever it says', () => {
    const client = readClient(
      {
        'x-forwarded-for': '1.2.3.4',
        'x-forwarded-host': 'evil',
        'x-forwarded-proto': 'https',
        host: 'A.example',
      },
      peer('203.0.113.5'),
      trusted,
    )
    assert.deepEqual(client, { ip: '203.0.113.5', host: 'a.example', proto: 'http' })
  })

  test('is not looked for beyond a hop that cannot be read', () => {
    assert.equal(ipOf({ 'x-forwarded-for': '1.2.3.4, unknown, 10.0.0.9' }), '10.0.0.9')
    assert.equal(ipOf({ 'x-forwarded-for': '' }), '127.0.0.1')
  })

  test('may be told by whoever connects through a unix socket, host and protocol too', () => {
    const headers = {
      'x-forwarded-for': '203.0.113.5',
      'x-forwarded-host': 'B.example',
      'x-forwarded-proto': 'https',
    }
    const client = readClient(headers, peer(undefined), [])
    assert.deepEqual(client, { ip: '203.0.113.5', host: 'b.example', proto: 'https' })
  })
})

test('an address has one spelling, and an IPv6 one counts with its /64', () => {
  for (const spelling of ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', '[2001:db8::1]', '2001:db8::1%eth0']) {
    assert.equal(canonicalAddress(spelling), '2001:db8::1')
  }
  assert.equal(canonicalAddress('::ffff:198.51.100.1'), '198.51.100.1')
  assert.equal(canonicalAddress('nobody'), null)
  assert.equal(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:2:ffff::9'))
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::ffff:198.51.100.1'), '198.51.100.1')
})
