import { corsHeaders } from './cors.ts'

/** What every answer of the API carries, whoever asks and whatever comes of it. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  Vary: 'Authorization, Accept',
  'Cache-Control': 'private, no-store',
}

/** The headers of an API answer that no endpoint gave. */
export function apiHeaders(method: string, requestId: string): Record<string, string> {
  return { ...API_HEADERS, ...corsHeaders(method, '/api/'), 'X-Request-Id': requestId }
}
