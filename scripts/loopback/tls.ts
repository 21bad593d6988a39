import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { generate } from 'selfsigned'

export type Authority = {
  cert: string
  key: string
  /** Where its certificate lies, for NODE_EXTRA_CA_CERTS. */
  file: string
  remove(): void
}

/** A certificate authority nobody else knows, good for a day. */
export async function makeAuthority(): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: 'Hyrax demo authority' }], {
    keySize: 2048,
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'hyrax-authority-'))
  const file = join(folder, 'authority.pem')
  writeFileSync(file, made.cert)
  return {
    cert: made.cert,
    key: made.private,
    file,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Takes TLS off in front of a server on loopback, with a certificate of the authority for `name`. */
export async function openTlsDoor(
  authority: Authority,
  door: { name: string; port: number; to: number },
): Promise<() => void> {
  const made = await generate([{ name: 'commonName', value: door.name }], {
    keySize: 2048,
    notAfterDate: new Date(Date.now() + 86_400_000),
    ca: authority,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: door.name }] }],
  })
  const server = createServer({ key: made.private, cert: made.cert }, (outside) => {
    const inside = connect(door.to, '127.0.0.1')
    outside.pipe(inside).pipe(outside)
    outside.on('error', () => inside.destroy())
    inside.on('error', () => outside.destroy())
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(door.port, '127.0.0.1', resolve)
  })
  return () => server.close()
}
