import type { Argon2Parameters } from 'node:crypto'
import {
  argon2,
  createECDH,
  createHash,
  generateKeyPair,
  hash,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'
import { invalid } from './errors.ts'

const argon2Async = promisify(argon2)
const generateKeyPairAsync = promisify(generateKeyPair)

/** Longer passwords are refused before any work is done for them. */
export const MAX_PASSWORD_BYTES = 4096

/** What a guess costs: memory in KiB, passes over it, lanes. */
export type PasswordCost = { memory: number; passes: number; parallelism: number }

// OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane; about 40 ms of one core.
const PASSWORD_COST: PasswordCost = { memory: 19_456, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** A password as an argon2id PHC string; refuses (invalid) what is longer than 4,096 bytes. */
export async function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  refuseLongPassword(password)
  const salt = randomBytes(SALT_BYTES)
  const hash = await stretch(password, salt, cost, HASH_BYTES)
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

/**
 * Whether the password is the one that was hashed, in constant time; false for a hash of another kind.
 * Without a hash (nobody has that name) it takes as long and is false. Refuses more than 4,096 bytes.
 */
export async function verifyPassword(
  password: string,
  hash: string | null | undefined,
  costOfNobody: PasswordCost = PASSWORD_COST,
): Promise<boolean> {
  refuseLongPassword(password)
  const known = PHC.exec(hash ?? '')
  if (!known) {
    await stretch(password, NOBODYS_SALT, costOfNobody, HASH_BYTES)
    return false
  }
  const [, memory, passes, parallelism, salt = '', expected = ''] = known
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const wanted = Buffer.from(expected, 'base64')
  return timingSafeEqual(await stretch(password, Buffer.from(salt, 'base64'), cost, wanted.length), wanted)
}

/** Whether a hash that verified should be made again, because it costs less than ours do now. */
export function isWeakHash(hash: string, cost: PasswordCost = PASSWORD_COST): boolean {
  const known = PHC.exec(hash)
  return !known || Number(known[1]) < cost.memory || Number(known[2]) < cost.passes
}

const NOBODYS_SALT = Buffer.alloc(SALT_BYTES, 'nobody')

function refuseLongPassword(password: string): void {
  // A byte count costs a walk over the text; its length alone settles the huge ones.
  if (password.length <= MAX_PASSWORD_BYTES && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES) return
  throw invalid('Validation failed: Password is too long', {
    password: [
      { error: 'ERR_TOO_LONG', description: `is too long (maximum is ${MAX_PASSWORD_BYTES} bytes)` },
    ],
  })
}

function stretch(password: string, nonce: Buffer, cost: PasswordCost, tagLength: number): Promise<Buffer> {
  // Keyboards write one and the same letter in different ways; NFKC makes them the same password.
  const message = Buffer.from(password.normalize('NFKC'))
  const parameters: Argon2Parameters = { message, nonce, tagLength, ...cost }
  return argon2Async('argon2id', parameters)
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** A secret nobody can guess, in base64url. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url')

/** What is stored of a token in its place: SHA-256 in base64url (the token is random, so no salt). */
export const hashToken = (token: string): string => hash('sha256', token, 'base64url')

/** Whether two texts are equal, in a time that does not tell where they differ. */
export function timingSafeEqualText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

export type KeyPair = { publicKey: string; privateKey: string }

/** A new actor's keys as PEM (SPKI and PKCS #8): RSA 2048 for cavage signatures, Ed25519 for the newer ones. */
export async function generateSigningKeys(): Promise<{ rsa: KeyPair; ed25519: KeyPair }> {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const
  const [rsa, ed25519] = await Promise.all([
    generateKeyPairAsync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding }),
    generateKeyPairAsync('ed25519', { publicKeyEncoding, privateKeyEncoding }),
  ])
  return { rsa, ed25519 }
}

/** A pair for web push (RFC 8292): P-256, the raw point and scalar in base64url. */
export function generateVapidKeys(): KeyPair {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  // The scalar may begin with a zero byte, which the library leaves out and browsers want.
  const scalar = Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()]).subarray(-32)
  return { publicKey: ecdh.getPublicKey('base64url'), privateKey: scalar.toString('base64url') }
}
