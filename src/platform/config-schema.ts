import type { Settings } from './config-setting.ts'
import { ignoredSettings } from './config-settings-ignored.ts'
import { limitSettings } from './config-settings-limits.ts'
import { mailSettings } from './config-settings-mail.ts'
import { mappedSettings } from './config-settings-mapped.ts'
import { peopleSettings } from './config-settings-people.ts'
import { serviceSettings } from './config-settings-services.ts'
import { signOnSettings } from './config-settings-sign-on.ts'
import { startSettings } from './config-settings-start.ts'
import { storageSettings } from './config-settings-storage.ts'
import { translationSettings } from './config-settings-translation.ts'

/** Every variable that is known, with its type, default, sentence and fate. */
export const settings: Settings = {
  ...startSettings,
  ...mappedSettings,
  ...mailSettings,
  ...peopleSettings,
  ...serviceSettings,
  ...storageSettings,
  ...translationSettings,
  ...limitSettings,
  ...signOnSettings,
  ...ignoredSettings,
}

type Start = typeof startSettings & typeof translationSettings & typeof limitSettings & typeof mailSettings

/** The names of settings that take effect. */
export type SettingName = keyof Start

type Read<S> = S extends { type: 'int' | 'bytes' }
  ? number
  : S extends { type: 'bool' }
    ? boolean
    : S extends { type: 'list' | 'cidrs' | 'domains' }
      ? string[]
      : S extends { values: readonly (infer V)[] }
        ? V
        : string

type Always = { default: unknown } | { type: 'bool' | 'list' | 'cidrs' | 'domains' }

/** The values of all settings that take effect, by their names. */
export type SettingValues = {
  [N in SettingName]: Start[N] extends Always ? Read<Start[N]> : Read<Start[N]> | undefined
}

/** `DB_POOL` → `dbPool`, `HYRAX_OWNER_EMAIL` → `ownerEmail`. */
type Property<N extends string> = N extends `HYRAX_${infer R}` ? Camel<R> : Camel<N>
type Camel<N extends string> = N extends `${infer A}_${infer B}`
  ? `${Lowercase<A>}${Capitalize<Camel<B>>}`
  : Lowercase<N>

/** The settings that are properties of `Config` as they stand. */
export type PlainValues = {
  [N in SettingName as Start[N] extends { folded: true } ? never : Property<N>]: SettingValues[N]
}

/** The name of the `Config` property that holds a setting. */
export const propertyOf = (name: string): string =>
  name
    .replace(/^HYRAX_/, '')
    .toLowerCase()
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const byLooseName = new Map(Object.keys(settings).map((name) => [name.toUpperCase(), name]))

/** The setting's name as it is written in the environment, or undefined. */
export const exactName = (key: string): string | undefined => (Object.hasOwn(settings, key) ? key : undefined)

/** The setting's name for what was written as a flag or in TOML: any case, `-` or `_`, HYRAX_ left out. */
export function looseName(key: string): string | undefined {
  const name = key.replaceAll('-', '_').toUpperCase()
  return byLooseName.get(name) ?? byLooseName.get(`HYRAX_${name}`)
}
