import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { parseSignature, verifyClaim } from '#federation/signatures/signatures.ts'
import type { SignedRequest } from '#federation/signatures/signatures-claim.ts'
import { digestOf } from '#federation/signatures/signatures-digest.ts'

export const NOW = Date.UTC(2026, 5, 1, 12)
export const MINUTE = 60_000
export const body = Buffer.from('{"type":"Create","actor":"https://e.test/users/mal"}')
export const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const ed25519 = generateKeyPairSync('ed25519')
export const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
export const keyId = 'https://e.test/users/mal#main-key'

export type Headers = Record<string, string | string[]>
export type Recipe = {
  method?: string
  path?: string
  headers?: Headers
  covered?: string[]
  parameters?: Record<string, string | number | undefined>
  pseudo?: Record<string, string | number>
  key?: KeyObject
}

export const dateAt = (ms: number) => new Date(ms).toUTCString()
export const seconds = (ms: number) => Math.floor(ms / 1000)

export function request(method: string, path: string, headers: Headers, sent = body): SignedRequest {
  return { method, path, headers, body: method === 'GET' ? null : sent, hosts: ['h.test'] }
}

export function textOf(headers: Headers, name: string): string {
  const value = headers[name] ?? ''
  return Array.isArray(value) ? value.join(', ') : value
}

/** Signs by draft-cavage exactly what the recipe says, sensible or not. */
export function cavage(recipe: Recipe = {}): SignedRequest {
  const { method = 'POST', path = '/inbox', key = privateKey } = recipe
  const headers: Headers = { host: 'h.test', date: dateAt(NOW), ...(method === 'POST' ? digestHeader() : {}) }
  for (const [name, value] of Object.entries(recipe.headers ?? {})) {
    if (value === '') delete headers[name]
    else headers[name] = value
  }
  const usual = ['(request-target)', 'host', 'date', ...(method === 'POST' ? ['digest'] : [])]
  const covered = recipe.covered ?? usual
  const pseudo: Record<string, string | number> = {
    '(request-target)': `${method.toLowerCase()} ${path}`,
    '(created)': recipe.parameters?.created ?? '',
    '(expires)': recipe.parameters?.expires ?? '',
    ...recipe.pseudo,
  }
  const text = covered.map((name) => `${name}: ${pseudo[name] ?? textOf(headers, name)}`).join('\n')
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'sha256' : null
  const parameters: Record<string, string | number | undefined> = {
    keyId,
    algorithm: 'rsa-sha256',
    headers: covered.join(' '),
    signature: sign(algorithm, Buffer.from(text), key).toString('base64'),
    ...recipe.parameters,
  }
  headers.signature = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === 'number' ? `${name}=${value}` : `${name}="${value}"`))
    .join(',')
  return request(method, path, headers)
}

export function digestHeader() {
  return { digest: digestOf(body).digest }
}

export type Recipe9421 = {
  method?: string
  path?: string
  headers?: Headers
  components?: string
  parameters?: string
  values?: Record<string, string>
  key?: KeyObject
  label?: string
}

export const usualParameters = `;created=${seconds(NOW)};keyid="${keyId}"`

/** Signs by RFC 9421 exactly what the recipe says; components are written as in the header. */
export function rfc9421(recipe: Recipe9421 = {}): SignedRequest {
  const { method = 'POST', path = '/inbox', key = privateKey, label = 'sig1' } = recipe
  const headers: Headers = {
    host: 'h.test',
    ...(method === 'POST' ? { 'content-digest': digestOf(body).contentDigest } : {}),
    ...recipe.headers,
  }
  const components =
    recipe.components ?? `"@method" "@target-uri"${method === 'POST' ? ' "content-digest"' : ''}`
  const values: Record<string, string> = {
    '@method': method,
    '@target-uri': `https://h.test${path}`,
    '@authority': 'h.test',
    ...recipe.values,
  }
  const input = `(${components})${recipe.parameters ?? usualParameters}`
  const lines = components.split(' ').filter(Boolean)
  const text = [
    ...lines.map((line) => {
      const name = line.split(';')[0]?.replaceAll('"', '') ?? ''
      return `${line}: ${values[name] ?? textOf(headers, name)}`
    }),
    `"@signature-params": ${input}`,
  ].join('\n')
  const signature = sign(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from(text), key)
  headers['signature-input'] = `${label}=${input}`
  headers.signature = `${label}=:${signature.toString('base64')}:`
  return request(method, path, headers)
}

/** '202' when the request would be credited to the key's owner, else the refusal. */
export async function outcome(
  signed: SignedRequest,
  key: KeyObject | string = pem,
  now = NOW,
): Promise<string> {
  const { claim, refusal } = parseSignature(signed, now)
  if (refusal) return `${refusal.status} ${refusal.reason}`
  return (await verifyClaim(claim, key)) ? '202' : '401'
}

export async function expect(table: [string, SignedRequest, string][]): Promise<void> {
  for (const [name, signed, expected] of table) assert.equal(await outcome(signed), expected, name)
}

export const header = (signed: SignedRequest, name: string) => textOf(signed.headers as Headers, name)
export const altered = (signed: SignedRequest, headers: Headers): SignedRequest => ({
  ...signed,
  headers: { ...signed.headers, ...headers },
})
