import type { Setting } from './config-setting.ts'

const limit = <const Usual extends number>(usual: Usual, most: number, sentence: string) =>
  ({ type: 'int', fate: 'supported', default: usual, min: 1, max: most, sentence }) as const satisfies Setting

/** How much of something members may write; apps are told. The names are those of glitch-soc. */
export const limitSettings = {
  MAX_TOOT_CHARS: limit(500, 100_000, 'How many characters a post may have.'),
  MAX_PINNED_TOOTS: limit(5, 20, 'How many posts a member may pin.'),
  MAX_POLL_OPTIONS: limit(4, 50, 'How many choices a poll may have.'),
  MAX_POLL_OPTION_CHARS: limit(50, 1000, 'How many characters a choice may have.'),
  MAX_BIO_CHARS: limit(500, 20_000, 'How many characters the text of a profile may have.'),
  MAX_PROFILE_FIELDS: limit(4, 50, 'How many lines a profile may have beside its text.'),
  MAX_DISPLAY_NAME_CHARS: limit(30, 500, 'How many characters a display name may have.'),
} as const
