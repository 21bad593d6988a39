import { z } from 'zod'
import type { HttpClient } from './http-client.ts'
import type { PageFacts } from './page-facts.ts'
import { pageFacts } from './page-facts.ts'

const MOST_BYTES = 1024 * 1024
const MOST_OEMBED_BYTES = 128 * 1024
const PATIENCE = 10_000

const OEmbed = z.object({
  type: z.string(),
  html: z.string().max(20_000).optional(),
  url: z.string().optional(),
  width: z.coerce.number().optional(),
  height: z.coerce.number().optional(),
  author_name: z.string().max(300).optional(),
  author_url: z.string().optional(),
  provider_name: z.string().max(300).optional(),
  thumbnail_url: z.string().optional(),
})
export type OEmbed = z.output<typeof OEmbed>

/** A page elsewhere: where it is after redirects, what its head says, and its oEmbed document if it has a usable one. */
export type FetchedPage = { url: string; facts: PageFacts; oEmbed: OEmbed | null }

/** Fetches what a page says of itself; null when it is no HTML or not there. Throws HttpFailure when it cannot be had. */
export async function fetchPage(client: HttpClient, url: string): Promise<FetchedPage | null> {
  const headers = { accept: 'text/html, application/xhtml+xml;q=0.9' }
  const limits = { maxBytes: MOST_BYTES, cut: true, timeoutMs: PATIENCE }
  const page = await client.request({ method: 'GET', url, headers, ...limits })
  const type = page.headers['content-type'] ?? ''
  if (page.status !== 200 || !/\bx?html\b/.test(type)) return null
  const facts = pageFacts(decoded(page.body, type), page.url)
  return { url: page.url, facts, oEmbed: facts.oEmbed ? await fetchOEmbed(client, facts.oEmbed) : null }
}

async function fetchOEmbed(client: HttpClient, url: string): Promise<OEmbed | null> {
  try {
    const limits = { maxBytes: MOST_OEMBED_BYTES, timeoutMs: PATIENCE }
    const answer = await client.request({ method: 'GET', url, ...limits })
    return OEmbed.safeParse(JSON.parse(answer.body.toString('utf8'))).data ?? null
  } catch {
    // A card does without it.
    return null
  }
}

/** The text of a page in the character set that it, or who sent it, says; UTF-8 otherwise. */
function decoded(body: Buffer, type: string): string {
  const head = body.subarray(0, 2048).toString('latin1')
  const named = /charset=["']?([\w-]+)/i.exec(type)?.[1] ?? /<meta[^>]+charset=["']?([\w-]+)/i.exec(head)?.[1]
  try {
    return new TextDecoder(named ?? 'utf-8').decode(body)
  } catch {
    return body.toString('utf8')
  }
}
