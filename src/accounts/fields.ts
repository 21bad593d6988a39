import type { AccountRow } from './accounts.ts'

/** A row of a profile's table. `value` is HTML, `source` what a member of ours typed. */
export type StoredField = { name: string; value: string; source?: string; verified_at?: string | null }

/** The fields of a profile. */
export function fieldsOf(account: Pick<AccountRow, 'fields'>): StoredField[] {
  return JSON.parse(account.fields) as StoredField[]
}

/** The new fields of a profile with what was proven of the old ones: a proof belongs to the name and the value. */
export function carryProofs(before: string, after: string): string {
  if (!before.includes('"verified_at":"')) return after
  const proven = new Map<string, string>()
  for (const { name, value, verified_at } of JSON.parse(before) as StoredField[])
    if (verified_at) proven.set(JSON.stringify([name, value]), verified_at)
  const fields = JSON.parse(after) as StoredField[]
  return JSON.stringify(
    fields.map((field) => {
      const known = proven.get(JSON.stringify([field.name, field.value]))
      return known ? { ...field, verified_at: known } : field
    }),
  )
}
