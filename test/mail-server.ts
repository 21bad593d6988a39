import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Letter = { from: string; to: string[]; headers: string; body: string }

/** A real mail server on a port of this machine that keeps what it is given; `refuses` answers 451 to what comes next. */
export async function mailServer(login?: { user: string; pass: string }) {
  const letters: Letter[] = []
  const state = { refuses: false }
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _session, done) {
      const isRight = auth.username === login?.user && auth.password === login?.pass
      done(
        isRight ? null : new Error('Invalid username or password'),
        isRight ? { user: login?.user } : undefined,
      )
    },
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (state.refuses) return done(Object.assign(new Error('Come back later'), { responseCode: 451 }))
        const [headers = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\r\n\r\n')
        const { mailFrom, rcptTo } = session.envelope
        letters.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((each) => each.address),
          headers,
          body: readable(rest.join('\r\n\r\n')),
        })
        done(null)
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const settings = { SMTP_SERVER: '127.0.0.1', SMTP_PORT: String(port) }
  const close = () => new Promise<void>((resolve) => server.close(resolve))
  return { letters, state, settings, close }
}

/** Quoted-printable undone as far as our tests read it: soft line ends and bytes by their numbers. */
function readable(body: string): string {
  const joined = body.replace(/=\r?\n/g, '')
  const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
