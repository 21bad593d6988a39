import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostRefusal, isAllowedAddress, isBadPort, isPublicAddress, judgeHost } from '#platform/addresses.ts'

// `[literal, an address inside the same block]`: the block is refused from one end to the other.
const SPECIAL_IPV4: [string, string][] = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.1', '127.255.255.255'],
  ['169.254.0.0', '169.254.169.254'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
]

const SPECIAL_IPV6 = [
  '::1',
  '::',
  'fe80::1',
  'fec0::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '::8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:2::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '3fff::1',
  '3ffe::1',
  '5f00::1',
  '2606:4700::1111%eth0',
]

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '44.128.0.10',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.1',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2001:4860:4860::8888',
  '2a01:4f8::1',
]

test('SSRF-07 every special IPv4 block is refused from end to end', () => {
  for (const pair of SPECIAL_IPV4) for (const ip of pair) assert.equal(isPublicAddress(ip), false, ip)
})

test('SSRF-06 of IPv6 only global unicast is taken, and no form with an IPv4 address inside', () => {
  for (const ip of SPECIAL_IPV6) assert.equal(isPublicAddress(ip), false, ip)
})

test('ordinary addresses are public, next to the special blocks too', () => {
  for (const ip of PUBLIC) assert.equal(isPublicAddress(ip), true, ip)
})

test('what is not an address is never public', () => {
  for (const text of ['', 'e.test', '127.1', '0x7f.0.0.1', '2130706433', '8.8.8.8 ', '[::1]', '1.2.3.4/8']) {
    assert.equal(isPublicAddress(text), false, text)
  }
})

test('the operator may name private addresses and blocks, and only those open', () => {
  const allowed = ['127.0.0.0/8', '10.1.2.3', 'fd00::/8']
  for (const ip of ['127.0.0.1', '127.9.9.9', '10.1.2.3', 'fd00::1', '::ffff:127.0.0.1']) {
    assert.equal(isPublicAddress(ip, allowed), true, ip)
    assert.equal(isAllowedAddress(ip, allowed), true, ip)
  }
  for (const ip of ['10.1.2.4', '192.168.1.1', '::1', 'fc00::1', '::127.0.0.1']) {
    assert.equal(isPublicAddress(ip, allowed), false, ip)
  }
  assert.equal(isAllowedAddress('8.8.8.8', allowed), false)
})

test('SSRF-08 odd spellings of an address end as a refused address or no address at all', () => {
  const spellings = [
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0x7f000001',
    '017700000001',
    '127.0.0.1.',
    '127.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:0:0:1]',
    '[fe80::1%25eth0]',
    '[::1%lo]',
    '%31%32%37.0.0.1',
  ]
  for (const spelling of spellings) {
    const url = URL.parse(`https://${spelling}/`)
    assert.ok(url === null || hostRefusal(url.hostname) !== null, spelling)
    assert.notEqual(hostRefusal(spelling), null, spelling)
  }
})

test('SSRF-09 names of this machine and of private networks are refused before any resolver is asked', () => {
  const names = [
    'localhost',
    'LOCALHOST',
    'a.localhost',
    'a.b.localhost',
    'printer.local',
    'metadata.google.internal',
    'router.home.arpa',
    '1.0.0.127.in-addr.arpa',
    'nas.lan',
    'metadata',
    'db',
    'e.test.',
    'localhost.',
    '.test',
    'a..test',
    'a b.test',
    'ünicode.test',
    '',
  ]
  for (const name of names) assert.equal(hostRefusal(name), 'host-name', name)
})

test('SSRF-10 hidden services are refused, whatever is allowed', () => {
  for (const name of ['x.onion', 'a.b.i2p', 'y.loki']) {
    assert.equal(hostRefusal(name), 'host-name', name)
    assert.equal(hostRefusal(name, ['0.0.0.0/0']), 'host-name', name)
  }
})

test('ordinary names and public literals pass', () => {
  for (const name of ['e.test', 'a.b.example', 'xn--mnchen-3ya.example', 'under_score.example', '1.1.1.1']) {
    assert.equal(hostRefusal(name), null, name)
  }
  assert.deepEqual(judgeHost('[2606:4700::1111]'), { kind: 'address', address: '2606:4700::1111' })
  assert.deepEqual(judgeHost('e.test'), { kind: 'resolve', onlyAllowed: false })
})

test('with loopback allowed, *.localhost is loopback without a resolver', () => {
  assert.deepEqual(judgeHost('a.localhost', ['127.0.0.0/8']), { kind: 'address', address: '127.0.0.1' })
  assert.deepEqual(judgeHost('localhost', ['::1']), { kind: 'address', address: '::1' })
  assert.deepEqual(judgeHost('a.localhost', ['10.0.0.0/8']), { kind: 'refused', reason: 'host-name' })
})

test('with private addresses allowed, private names may be resolved to those alone', () => {
  for (const name of ['keycloak', 'sso.internal']) {
    assert.deepEqual(judgeHost(name, ['10.0.0.0/8']), { kind: 'resolve', onlyAllowed: true })
  }
})

test('SSRF-12 ports of mail, shells and databases are bad, those of the web are not', () => {
  for (const port of [22, 25, 110, 5432, 6379, 11211, 3306, 27017, 9200, 6667])
    assert.ok(isBadPort(port), `${port}`)
  for (const port of [80, 443, 3000, 8080, 8443, 47123]) assert.ok(!isBadPort(port), `${port}`)
})
