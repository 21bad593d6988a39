const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

const isAscii = (text: string) => !/[^\0-\x7f]/.test(text)

/** How many characters a reader sees: extended grapheme clusters (UAX #29), so that one emoji counts once. */
export function graphemeLength(text: string): number {
  // CR LF is the only cluster of two that ASCII can form.
  if (isAscii(text)) return text.includes('\r\n') ? text.length - text.split('\r\n').length + 1 : text.length
  let count = 0
  for (const _ of segmenter.segment(text)) count++
  return count
}

/** The first `n` graphemes of a text; never half of a character. */
export function cutGraphemes(text: string, n: number): string {
  if (n <= 0) return ''
  if (text.length <= n) return text
  if (isAscii(text) && !text.includes('\r\n')) return text.slice(0, n)
  let count = 0
  for (const { index } of segmenter.segment(text)) {
    if (count === n) return text.slice(0, index)
    count++
  }
  return text
}
