import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskSecrets, openLog } from './log.ts'

test('secrets are hidden wherever they lie in what is logged', () => {
  const lines: string[] = []
  const log = openLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } })
  log.info({
    password: 'hunter2',
    headers: { authorization: 'Bearer hunter2', cookie: 'a=hunter2', 'set-cookie': 'a=hunter2' },
    given: { body: { code: 'x', client_secret: 'hunter2', token: 'hunter2' } },
  })
  log.error({
    err: Object.assign(new Error('GET /x?access_token=hunter2 failed'), { code: 'E1', query: 'hunter2' }),
  })
  assert.doesNotMatch(lines.join(''), /hunter2/)
  assert.match(lines.join(''), /"code":"E1"/)
  assert.equal(JSON.parse(lines[0] as string).level, 'info')
})

test('secret query fields are masked in paths, others stay', () => {
  assert.equal(
    maskSecrets('/oauth/authorize?client_id=a&code=b&access_token=c&state=d&q=e'),
    '/oauth/authorize?client_id=a&code=[hidden]&access_token=[hidden]&state=[hidden]&q=e',
  )
})
