import { Parser } from 'htmlparser2'
import type { HttpClient } from './http-client.ts'

const MOST_BYTES = 1024 * 1024
const MOST_LINKS = 100
const PATIENCE = 10_000

/**
 * Whether a page has a link with rel=me to one of these addresses, or only one such link, to what now leads there.
 * Throws HttpFailure when the page cannot be had.
 */
export async function linksBack(client: HttpClient, url: string, profiles: string[]): Promise<boolean> {
  const headers = { accept: 'text/html' }
  const limits = { maxBytes: MOST_BYTES, cut: true, timeoutMs: PATIENCE }
  const page = await client.request({ method: 'GET', url, headers, ...limits })
  if (page.status !== 200 || !/\bhtml\b/.test(page.headers['content-type'] ?? '')) return false
  const wanted = new Set(profiles.map((profile) => profile.toLowerCase()))
  const links = mutualLinks(page.body.toString('utf8'), page.url)
  if (links.some((link) => wanted.has(link.toLowerCase()))) return true
  const [only] = links
  // A former address of the profile may lead to its present one.
  if (links.length !== 1 || !only?.startsWith('https://')) return false
  const answer = await client.request({ method: 'HEAD', url: only, redirects: 0, timeoutMs: PATIENCE })
  return wanted.has((answer.headers.location ?? '').toLowerCase())
}

/** The targets of the links of a page that say rel=me. */
function mutualLinks(html: string, base: string): string[] {
  const links: string[] = []
  const parser = new Parser({
    onopentag(name, { rel = '', href }) {
      if ((name !== 'a' && name !== 'link') || !href || links.length >= MOST_LINKS) return
      if (!rel.toLowerCase().split(/\s+/).includes('me')) return
      const url = URL.parse(href, base)
      if (url) links.push(url.href)
    },
  })
  parser.end(html)
  return links
}
