import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openResolver, readHosts } from '#platform/http-client-lookup.ts'

test('a hosts file is read with its comments, aliases and both kinds of address', () => {
  const text = '# names\n127.0.0.1 localhost\n44.128.0.10\tE.test e # peer\n::1 ip6\nnonsense here\n\n'
  assert.deepEqual(readHosts(text), ['127.0.0.1 localhost', '44.128.0.10 e.test', '44.128.0.10 e', '::1 ip6'])
})

test('the hosts file answers before any DNS is asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hyrax-hosts-'))
  const file = join(folder, 'hosts')
  await writeFile(file, '44.128.0.10 e.test\n2a01:4f8::1 e.test\n44.128.0.11 not-e.test\n')
  const resolve = openResolver(file)
  assert.deepEqual(await resolve('e.test'), ['44.128.0.10', '2a01:4f8::1'])
  await rm(folder, { recursive: true })
  assert.deepEqual(await resolve('e.test'), ['44.128.0.10', '2a01:4f8::1'])
})
