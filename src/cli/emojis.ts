import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { addEmoji, MOST_EMOJI_BYTES, ownEmojis, removeEmoji } from '#accounts/local-emojis.ts'
import type { HostedDomain } from '#app.ts'
import type { Command, Given } from './command.ts'
import { Misuse } from './command.ts'
import { table } from './table.ts'

export const emojiCommands: Command[] = [
  {
    name: 'emojis add',
    about: 'Add a custom emoji from a PNG, GIF or WebP file of at most 256 KiB',
    words: ['FILE', 'SHORTCODE?'],
    options: { category: { type: 'string', hint: 'NAME', about: 'the part of the picker it stands in' } },
    run: add,
  },
  {
    name: 'emojis list',
    about: 'The custom emojis of this server',
    run: async ({ hands }) => {
      const rows = await ownEmojis(await hands.openApp())
      const shown = rows.map((row) => [`:${row.shortcode}:`, row.category ?? '', row.url])
      hands.print(shown.length > 0 ? table(['emoji', 'category', 'picture'], shown) : 'There are none.')
      return 0
    },
  },
  {
    name: 'emojis remove',
    about: 'Remove a custom emoji',
    words: ['SHORTCODE'],
    run: async ({ hands, words }) => {
      const shortcode = (words[0] as string).replaceAll(':', '')
      await removeEmoji(await hands.openApp(), shortcode)
      hands.print(`:${shortcode}: is gone.`)
      return 0
    },
  },
]

async function add({ hands, words, options }: Given): Promise<number> {
  const [file = '', given] = words
  const app = await hands.openApp()
  const shortcode = (given ?? basename(file, extname(file))).replaceAll(':', '')
  const category = typeof options.category === 'string' ? options.category : null
  const emoji = await addEmoji(app, app.domains.all()[0] as HostedDomain, {
    shortcode,
    bytes: await bytesOf(file),
    category,
  })
  hands.print(`:${emoji.shortcode}: is there: ${emoji.url}`)
  return 0
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > MOST_EMOJI_BYTES) throw new Error('it is larger than 256 KiB')
    return await readFile(file)
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${(error as Error).message}`)
  }
}
