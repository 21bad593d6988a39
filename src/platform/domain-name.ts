const MOST_LETTERS = 253

/**
 * The host that a text means, in the form in which hosts are stored and compared: lower case, ASCII, no dot at the
 * end, a port only where it is not the usual one (BLK-08). Null for what is no host with a dot in it.
 */
export function domainName(text: string): string | null {
  const typed = text.trim().replace(/^https?:\/\//i, '')
  const url = /^[^\s/?#@\\]+\/?$/.test(typed) ? URL.parse(`https://${typed}`) : null
  const domain = url?.host.replace(/\.(?=$|:)/, '') ?? ''
  const isHost = domain.includes('.') || domain.includes(':')
  return isHost && domain.length <= MOST_LETTERS ? domain : null
}
