import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

/** What a browser gave to be reached by: its public point and a shared secret, both base64url. */
export type PushKeys = { p256dh: string; auth: string }
/** A message ready for a push service. */
export type SealedPush = { body: Buffer; headers: Record<string, string> }

const CURVE = 'prime256v1'
const POINT_BYTES = 65
const RECORD = 4096
const LAST_RECORD = Buffer.from([2])
const NO_PADDING = Buffer.alloc(2)

type Secrets = { point: Buffer; sender: Buffer; shared: Buffer; auth: Buffer; salt: Buffer }

/**
 * Encrypts a message so that only the browser reads it: aes128gcm (RFC 8291) for `standard` subscriptions, aesgcm
 * (draft 4 of it) for the others. Throws when the keys are none.
 */
export function sealPush(keys: PushKeys, text: string, standard: boolean): SealedPush {
  const secrets = agree(keys)
  return standard ? sealStandard(secrets, Buffer.from(text)) : sealLegacy(secrets, Buffer.from(text))
}

function agree(keys: PushKeys): Secrets {
  const point = Buffer.from(keys.p256dh, 'base64url')
  const auth = Buffer.from(keys.auth, 'base64url')
  if (point.length !== POINT_BYTES || point[0] !== 4) throw new Error('p256dh is no uncompressed point')
  if (auth.length < 16 || auth.length > 64) throw new Error('auth is no secret of 16 bytes')
  const pair = createECDH(CURVE)
  const sender = pair.generateKeys()
  return { point, sender, auth, shared: pair.computeSecret(point), salt: randomBytes(16) }
}

function sealStandard({ point, sender, shared, auth, salt }: Secrets, text: Buffer): SealedPush {
  const seed = derive(shared, auth, Buffer.concat([Buffer.from('WebPush: info\0'), point, sender]), 32)
  const key = derive(seed, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(seed, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const head = Buffer.alloc(21)
  salt.copy(head)
  head.writeUInt32BE(RECORD, 16)
  head.writeUInt8(sender.length, 20)
  const sealed = encrypt(key, nonce, Buffer.concat([text, LAST_RECORD]))
  return { body: Buffer.concat([head, sender, sealed]), headers: { 'content-encoding': 'aes128gcm' } }
}

function sealLegacy({ point, sender, shared, auth, salt }: Secrets, text: Buffer): SealedPush {
  const seed = derive(shared, auth, Buffer.from('Content-Encoding: auth\0'), 32)
  const length = Buffer.from([0, POINT_BYTES])
  const context = Buffer.concat([Buffer.from('P-256\0'), length, point, length, sender])
  const key = derive(seed, salt, Buffer.concat([Buffer.from('Content-Encoding: aesgcm\0'), context]), 16)
  const nonce = derive(seed, salt, Buffer.concat([Buffer.from('Content-Encoding: nonce\0'), context]), 12)
  return {
    body: encrypt(key, nonce, Buffer.concat([NO_PADDING, text])),
    headers: {
      'content-encoding': 'aesgcm',
      encryption: `salt=${salt.toString('base64url')}`,
      'crypto-key': `dh=${sender.toString('base64url')}`,
    },
  }
}

const derive = (secret: Buffer, salt: Buffer, info: Buffer, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes))

function encrypt(key: Buffer, nonce: Buffer, text: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()])
}
