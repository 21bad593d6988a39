import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { statusLength } from '../../src/platform/text/parse-text.ts'
import { countLetters } from './letters.ts'

const texts = [
  '',
  'hello',
  'héllo',
  'e\u0301',
  '👨‍👩‍👧‍👦 and 🇫🇷',
  '日本語です',
  'नमस्ते',
  'مرحبا',
  'a\nb\r\nc',
  'https://a.example/',
  `https://example.com/${'a'.repeat(200)}`,
  'see https://a.example/ and https://b.example/x.',
  'https://a.example/x, https://b.example/y; https://c.example/z!',
  '(https://a.example/x)',
  '(see https://a.example/wiki/Hyrax_(animal))',
  'https://a.example/?a=1&b=2#c',
  '（https://example.com/）',
  'HTTPS://A.EXAMPLE/',
  'https://',
  'ftp://a.example/',
  'example.com',
  '@bob',
  '@bob@example.com',
  '@bob@example.com hi',
  '@bob@example.com.',
  'hi @bob@example.com, @carol@sub.example.org!',
  '(@bob@example.com)',
  'mail bob@example.com',
  '@a@b@c',
  '@алиса@example.com',
  '#tag :cat: `code`',
  '**bold** _it_',
]

describe('countLetters', () => {
  for (const text of texts)
    test(`UNI-05 the composer counts ${JSON.stringify(text).slice(0, 60)} as the server does`, () =>
      assert.equal(countLetters(text), statusLength(text)))

  test('UNI-05 the warning counts too', () =>
    assert.equal(
      countLetters('text', 'see https://a.example/'),
      statusLength('text', 'see https://a.example/'),
    ))
})
