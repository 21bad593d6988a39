import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from './secrets.ts'
import { generateVapidKeys, randomToken } from './secrets.ts'

/** What the server alone knows, made on its first start. */
export type ServerSecrets = {
  /** Signs what browsers keep for us. */
  sessionSecret: string
  /** Opens /setup until setup is finished. */
  setupCode: string
  /** The web push pair: the given one if there is one. */
  vapid: KeyPair
}

const OURS_ONLY = 0o600

/**
 * The server's secrets from `secrets.json` in the data directory; makes both (0700, 0600) when missing.
 * Two processes that start at once agree. Throws when the file is there but is not ours.
 */
export function openSecrets(config: { dataDirectory: string; vapid?: KeyPair | undefined }): ServerSecrets {
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  const file = join(config.dataDirectory, 'secrets.json')
  const kept = readSecrets(file) ?? createSecrets(file)
  return config.vapid ? { ...kept, vapid: config.vapid } : kept
}

function readSecrets(file: string): ServerSecrets | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return checked(file, text)
}

// New secrets in place of damaged ones would sign everybody out and break push for good: better to stop.
function checked(file: string, text: string): ServerSecrets {
  const secrets = parsed(text)
  const texts = [
    secrets?.sessionSecret,
    secrets?.setupCode,
    secrets?.vapid?.publicKey,
    secrets?.vapid?.privateKey,
  ]
  if (secrets && texts.every((one) => typeof one === 'string' && one !== '')) return secrets as ServerSecrets
  throw new Error(`${file} is damaged: restore it from a backup (deleting it makes new secrets)`)
}

function parsed(text: string): Partial<ServerSecrets> | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

function createSecrets(file: string): ServerSecrets {
  const secrets: ServerSecrets = {
    sessionSecret: randomToken(),
    setupCode: randomToken(16),
    vapid: generateVapidKeys(),
  }
  const draft = `${file}.${randomToken(6)}`
  writeDurably(draft, `${JSON.stringify(secrets, null, 2)}\n`)
  try {
    // Unlike a rename, a link fails when another process was first: then its secrets are the secrets.
    linkSync(draft, file)
    return secrets
  } catch {
    const first = readSecrets(file)
    if (first) return first
    // A file system without links (FAT, some shares) still has renames.
    renameSync(draft, file)
    return secrets
  } finally {
    rmSync(draft, { force: true })
  }
}

function writeDurably(file: string, text: string): void {
  const handle = openSync(file, 'wx', OURS_ONLY)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
