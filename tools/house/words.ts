import type { Fault, HouseFile } from './files.ts'
import { isTest, lineAt } from './files.ts'

type WordRule = {
  rule: string
  words: RegExp
  /** Where the words are at home. */
  home(path: string): boolean
  message(word: string): string
}

const inSource = (path: string) => path.startsWith('src/') && path.endsWith('.ts') && !isTest(path)

const rules: readonly WordRule[] = [
  {
    rule: 'dialect',
    words:
      /\b(pragma [a-z_]+|tsvector|(?:plain|phrase|websearch_)?to_tsquery|fts5|skip locked|json_each|json_extract|jsonb\w*|ilike|without rowid|autoincrement|pg_[a-z_]+|sqlite_[a-z_]+|generate_series|string_agg|group_concat|array_agg|unnest)\b/gi,
    home: (path) => path.startsWith('src/platform/database/') || path.startsWith('migrations/'),
    message: (word) => `«${word}» differs between databases: name it in platform/database/dialect.ts`,
  },
  {
    rule: 'clock',
    words: /\b(Date\.now\(\)|current_timestamp)/g,
    home: (path) => /^src\/(platform|cli)\//.test(path) || /^src\/[\w-]+\.ts$/.test(path),
    message: (word) => `«${word}»: the clock is app.now(), so that tests can give it`,
  },
  {
    rule: 'environment',
    words: /\bprocess\.env\b/g,
    home: (path) => /^src\/platform\/config[\w-]*\.ts$/.test(path),
    message: () => 'process.env is read in platform/config*.ts only',
  },
  {
    rule: 'outgoing',
    words:
      /(?<![.\w])fetch\((?!\)|[^()]*\)(?::[^{]+)? \{)|from '(?:node:)?(?:undici|http2)'|\b(?:tls|net)\.(?:connect|createConnection)\(/g,
    home: (path) => /^src\/platform\/http-client[\w-]*\.ts$/.test(path),
    message: (word) => `«${word}»: outgoing requests are made by platform/http-client.ts only`,
  },
  {
    rule: 'outgoing',
    words: /(?<!\.)\bhttps?\.(?:request|get)\(/g,
    home: (path) => /^src\/platform\/http-client[\w-]*\.ts$/.test(path),
    message: (word) => `«${word}»: outgoing requests are made by platform/http-client.ts only`,
  },
  {
    rule: 'sends',
    words: /\bmethod: 'POST'/g,
    home: (path) =>
      !path.startsWith('src/federation/') || /^src\/federation\/deliver\/deliver[\w-]*\.ts$/.test(path),
    message: () => 'federation/deliver/ is the one place that sends',
  },
  {
    rule: 'sends',
    words: /\bhttp\.request\(/g,
    home: (path) => /^src\/(federation|platform)\//.test(path),
    message: () => 'rooms ask app.fediverse; only federation/ and platform/ speak to other servers',
  },
  {
    rule: 'protocol words',
    words:
      /\b(attributedTo|inReplyTo|preferredUsername|sharedInbox|publicKeyPem|manuallyApprovesFollowers|orderedItems|OrderedCollection\w*|quoteUrl|EmojiReact|_misskey_\w+)\b|(['"`])(Announce|Tombstone|Undo)\2|www\.w3\.org\/ns\/activitystreams(?!["'\\]*;?\s*profile)/g,
    home: (path) => path.startsWith('src/federation/'),
    message: (word) => `«${word}» is an ActivityStreams word: it stays inside federation/`,
  },
]

/** Words that stand outside of the one place where they are at home. */
export function wordFaults(files: readonly HouseFile[]): Fault[] {
  return files
    .filter(({ path }) => inSource(path))
    .flatMap((file) => rules.flatMap((rule) => found(file, rule)))
}

function found({ path, code }: HouseFile, { rule, words, home, message }: WordRule): Fault[] {
  if (home(path)) return []
  return [...code.matchAll(words)].map((match) => {
    const line = lineAt(code, match.index)
    return { path, line, rule, message: message(match[0]) }
  })
}

const machinePath =
  /(?<![\w./-])\/(?:root|home\/(?!user\b|hyrax\b|mastodon\b)[a-z]\w*|Users\/\w+|work)\/[\w.-]+/g
const foreignRegistry = /"resolved":\s*"https?:\/\/(?!registry\.npmjs\.org\/)[^/"]+/g

/** Traces of one machine: its paths, its package registry, and whatever the keeper of this clone listed. */
export function privateFaults(files: readonly HouseFile[], listed: readonly string[]): Fault[] {
  const own = listed.map((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'gi'))
  return files.flatMap(({ path, text }) =>
    [machinePath, foreignRegistry, ...own].flatMap((words) =>
      [...text.matchAll(words)].map((match) => ({
        path,
        line: lineAt(text, match.index),
        rule: 'private',
        message: `«${match[0]}» belongs to one machine, not to the project`,
      })),
    ),
  )
}
