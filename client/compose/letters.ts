/** A link counts this much, however long it is. */
const LINK = 'x'.repeat(23)
const URLS = /(?<![\p{L}\p{N}_])https?:\/\/[^\s<>"（）「」『』、。]+/giu
/** What ends a sentence ends no address, and neither does a bracket that was not opened in it. */
const TAIL = /[.,;:!?'"…]+$/u
const HOST = /(^|[^\p{L}\p{N}_/@=])(@\w+(?:[\w.-]*\w)?)@[\p{L}\p{N}_.-]*[\p{L}\p{N}_](?![@\p{L}\p{N}_])/gu
const segmenter = new Intl.Segmenter()

/** How many letters the server counts in a text and its warning: links 23 each, mentions without their host. */
export function countLetters(text: string, warning: string | null = null): number {
  return count(text) + count(warning ?? '')
}

function count(text: string): number {
  const counted = text.replace(URLS, (url) => LINK + url.slice(addressIn(url).length)).replace(HOST, '$1$2')
  return [...segmenter.segment(counted)].length
}

function addressIn(url: string): string {
  const address = url.replace(TAIL, '')
  const isOpen = address.split('(').length >= address.split(')').length
  return isOpen ? address : addressIn(address.slice(0, address.lastIndexOf(')')))
}
