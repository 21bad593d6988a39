import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { FluentBundle, FluentResource } from '@fluent/bundle'

const client = import.meta.dirname
const wording = join(client, '../wording')

function sources(): string {
  const names = readdirSync(client, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(client, name), 'utf8'))
    .join('\n')
}

function keysOf(language: string): Set<string> {
  const resource = new FluentResource(readFileSync(join(wording, `${language}.ftl`), 'utf8'))
  return new Set(resource.body.map(({ id }) => id))
}

/** Keys made of a fixed part and something that varies, by the fixed part. */
const MADE = /say\(`([^`$]*)\$\{/g
const languages = readdirSync(wording).map((name) => name.replace('.ftl', ''))

describe('the words of the member app', () => {
  const text = sources()
  const english = keysOf('en')

  test('each key that is written out exists in English', () => {
    const missing = [...text.matchAll(/say\(\s*'([\w-]+)'/g)].map(([, key = '']) => key)
    assert.ok(missing.length > 100)
    assert.deepEqual(
      [...new Set(missing)].filter((key) => !english.has(key)),
      [],
    )
  })

  test('each English key is used', () => {
    const beginnings = [...text.matchAll(MADE)].map(([, fixed = '']) => fixed).filter(Boolean)
    const isUsed = (key: string) =>
      text.includes(`'${key}'`) || beginnings.some((beginning) => key.startsWith(beginning)) || isMark(key)
    // toggle.ts names marks, and actions.tsx puts -on or -off behind them; relations.tsx names kinds.
    const isMark = (key: string) =>
      /^(?:reblogged|favourited|bookmarked)-(?:on|off)$/.test(key) ||
      /^(?:blocks|mutes|follow-requests)(?:-empty)?$/.test(key) ||
      /^(?:bookmarks|favourites)-empty$|^(?:followers|following)-of$/.test(key)
    assert.deepEqual(
      [...english].filter((key) => !isUsed(key)),
      [],
    )
  })

  for (const language of languages) {
    test(`${language} has every key, each with what it is told`, () => {
      assert.deepEqual(
        [...keysOf(language)].filter((key) => !english.has(key)),
        [],
      )
      assert.deepEqual(
        [...english].filter((key) => !keysOf(language).has(key)),
        [],
      )
      const bundle = new FluentBundle(language, { useIsolating: false })
      const source = readFileSync(join(wording, `${language}.ftl`), 'utf8')
      assert.deepEqual(bundle.addResource(new FluentResource(source)), [])
      for (const key of english) {
        const message = bundle.getMessage(key)
        assert.ok(message?.value, key)
        const troubles: Error[] = []
        const told = {
          n: 2,
          who: 'Ana',
          why: 'x',
          people: 1,
          others: 1,
          name: 'x',
          title: 'x',
          host: 'x',
          when: 'x',
        }
        bundle.formatPattern(message.value, told, troubles)
        assert.deepEqual(troubles, [], key)
      }
    })
  }
})
