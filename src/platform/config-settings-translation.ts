import type { Setting } from './config-setting.ts'

/** Which service translates posts, if any. LibreTranslate wins where both are named. */
export const translationSettings = {
  LIBRE_TRANSLATE_ENDPOINT: {
    type: 'url',
    fate: 'supported',
    sentence: 'Translation by LibreTranslate: its address, which may be a private one.',
  },
  LIBRE_TRANSLATE_API_KEY: {
    type: 'secret',
    fate: 'supported',
    sentence: 'Translation by LibreTranslate: the key, where it wants one.',
  },
  DEEPL_API_KEY: { type: 'secret', fate: 'supported', sentence: 'Translation by DeepL: the key.' },
  DEEPL_PLAN: {
    type: 'enum',
    fate: 'supported',
    sentence: 'Translation by DeepL: which plan the key is of.',
    values: ['free', 'pro'],
    default: 'free',
  },
} as const satisfies Record<string, Setting>
