import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coversScope, parseScopes, SCOPES } from './scopes.ts'

test('a parent scope covers its children and no child covers its parent', () => {
  assert.ok(coversScope(['write'], 'write:statuses'))
  assert.ok(coversScope(['admin:read'], 'admin:read:accounts'))
  assert.ok(!coversScope(['write:statuses'], 'write'))
  assert.ok(!coversScope(['read'], 'admin:read'))
  assert.ok(!coversScope(['admin:write'], 'admin:read:accounts'))
  assert.ok(!coversScope(['read'], 'write:statuses'))
})

test('follow covers reading and writing of blocks, follows and mutes, and nothing else', () => {
  for (const part of ['blocks', 'follows', 'mutes']) {
    assert.ok(coversScope(['follow'], `read:${part}`) && coversScope(['follow'], `write:${part}`))
  }
  assert.ok(!coversScope(['follow'], 'read:lists'))
})

test('one of several required scopes is enough', () => {
  assert.ok(coversScope(['profile'], ['profile', 'read:accounts']))
  assert.ok(!coversScope(['push'], ['profile', 'read:accounts']))
})

test('there are 47 scopes, and others are not read', () => {
  assert.equal(SCOPES.length, 47)
  assert.deepEqual(parseScopes(' read write:statuses+push read'), ['read', 'write:statuses', 'push'])
  assert.throws(() => parseScopes('read write:nothing'), /write:nothing/)
})
