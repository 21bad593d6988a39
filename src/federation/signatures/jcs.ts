/**
 * JSON in its one canonical form (RFC 8785): no spaces, names in the order of their UTF-16 units, numbers and
 * texts as ECMAScript writes them. Throws for what has no such form.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inside]) => inside !== undefined)
    // The default order of `sort` is that of UTF-16 units.
    const names = entries.map(([name]) => name).sort()
    const inside = value as Record<string, unknown>
    return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(inside[name])}`).join(',')}}`
  }
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('half a character')
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('not a number of JSON')
  return JSON.stringify(value)
}
