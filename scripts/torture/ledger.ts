import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The truth: one line on disk for each post that was answered with 200. */
export type Ledger = { write(marker: string): void; read(): string[]; close(): void }

/** Opens a ledger whose lines are on disk before `write` returns. */
export function openLedger(): Ledger {
  const folder = mkdtempSync(join(tmpdir(), 'hyrax-ledger-'))
  const file = join(folder, 'ledger')
  appendFileSync(file, '')
  const handle = openSync(file, 'a')
  return {
    write(marker) {
      writeSync(handle, `${marker}\n`)
      fsyncSync(handle)
    },
    read: () => readFileSync(file, 'utf8').split('\n').filter(Boolean),
    close() {
      closeSync(handle)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The marker in a post's text, or undefined. */
export const markerIn = (content: string): string | undefined => /torture (m\d+x\d+e)/.exec(content)?.[1]
