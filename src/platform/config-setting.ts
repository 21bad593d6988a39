/** What a setting's text is read as. */
export type SettingType =
  | 'string'
  | 'int'
  | 'bool'
  | 'bytes'
  | 'list'
  | 'cidrs'
  | 'url'
  | 'domain'
  | 'domains'
  | 'path'
  | 'secret'
  | 'enum'

/**
 * What becomes of a variable: read now, read by a later part, translated into another one,
 * accepted without effect, or a reason not to start.
 */
export type Fate = 'supported' | 'later' | 'mapped' | 'ignored' | 'refused'

export type Setting = {
  type: SettingType
  fate: Fate
  sentence: string
  default?: string | number | boolean
  values?: readonly string[]
  min?: number
  max?: number
  /** Not a property of `Config` itself: it reaches it through a derived one. */
  folded?: true
  /** An empty text is a value of its own, not the same as leaving the line out. */
  mayBeEmpty?: true
  /** For mapped ones: the setting it stands for, and by how much a number is multiplied. */
  to?: string
  times?: number
  /** For refused ones: the values that refuse the start; others have no effect. */
  refusedValues?: readonly string[] | 'any'
  /** Common on any machine: not spoken of when it comes from the process environment. */
  generic?: true
}

export type Settings = Readonly<Record<string, Setting>>

/** `[type, sentence]`, then what is particular to it. */
type Row = readonly [SettingType, string, Partial<Setting>?]

/** Settings of one fate written as a table; `why` is said after each sentence. */
export function settingTable(fate: Fate, why: string, rows: Record<string, Row>): Settings {
  return Object.fromEntries(
    Object.entries(rows).map(([name, [type, sentence, more]]) => [
      name,
      { type, fate, sentence: why ? `${sentence} ${why}` : sentence, ...more },
    ]),
  )
}
