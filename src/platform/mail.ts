import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'

/** What is mailed: a subject, and the same words twice. */
export type Mail = { to: string; fromName: string; subject: string; text: string; html: string }

type Settings = Pick<
  Config,
  | 'smtpServer'
  | 'smtpPort'
  | 'smtpLogin'
  | 'smtpPassword'
  | 'smtpFromAddress'
  | 'smtpReplyTo'
  | 'smtpReturnPath'
  | 'smtpDomain'
  | 'smtpDeliveryMethod'
  | 'smtpAuthMethod'
  | 'smtpCaFile'
  | 'smtpOpensslVerifyMode'
  | 'smtpEnableStarttls'
  | 'smtpEnableStarttlsAuto'
  | 'smtpTls'
  | 'smtpSsl'
  | 'localDomain'
>

const TIMES = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/** Whether this server can mail at all. */
export const isMailOn = (config: Pick<Settings, 'smtpServer' | 'smtpDeliveryMethod'>): boolean =>
  config.smtpServer !== undefined || config.smtpDeliveryMethod === 'sendmail'

/** Hands one mail over; throws when the mail server does not take it. `heard` is told the dialogue, line by line. */
export async function sendMail(config: Settings, mail: Mail, heard?: (line: string) => void): Promise<void> {
  // Loaded when the first mail leaves: a server that mails nothing does without.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...(await wayOf(config)),
    ...(heard ? { logger: teller(heard), debug: true } : {}),
  })
  const address = addressIn(config.smtpFromAddress ?? `notifications@${hostOf(config.localDomain)}`)
  try {
    await transport.sendMail({
      from: { name: oneLine(mail.fromName), address },
      to: { name: '', address: mail.to },
      ...(config.smtpReplyTo ? { replyTo: config.smtpReplyTo } : {}),
      ...(config.smtpReturnPath ? { envelope: { from: config.smtpReturnPath, to: [mail.to] } } : {}),
      subject: oneLine(mail.subject),
      text: mail.text,
      html: mail.html,
      // Nobody's absence note is to answer a machine (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      // A text is a text: no file and no address is ever read because of what somebody wrote.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  } finally {
    transport.close()
  }
}

async function wayOf(config: Settings) {
  if (config.smtpDeliveryMethod === 'sendmail') return { sendmail: true as const, newline: 'unix' as const }
  const { smtpLogin: user, smtpPassword: pass = '', smtpAuthMethod: method } = config
  const starttls = config.smtpEnableStarttls ?? (config.smtpEnableStarttlsAuto ? 'auto' : 'never')
  return {
    ...TIMES,
    host: config.smtpServer ?? 'localhost',
    port: config.smtpPort,
    name: config.smtpDomain ?? hostOf(config.localDomain),
    secure: config.smtpTls || config.smtpSsl,
    ignoreTLS: starttls === 'never',
    requireTLS: starttls === 'always',
    ...(user && method !== 'none'
      ? { auth: { user, pass }, authMethod: method.replace('_', '-').toUpperCase() }
      : {}),
    tls: {
      rejectUnauthorized: config.smtpOpensslVerifyMode !== 'none',
      ...(config.smtpCaFile ? { ca: await readFile(config.smtpCaFile) } : {}),
    },
  }
}

const hostOf = (domain: string) => domain.replace(/:\d+$/, '')

/** `Mastodon <notifications@social.example>` is written by many; the name is the site's own. */
const addressIn = (given: string) => /<([^<>\s]+)>\s*$/.exec(given)?.[1] ?? given.trim()

/** No header ends where somebody's name says so (ACC-16). */
const oneLine = (text: string) => text.replace(/\p{Cc}+/gu, ' ').trim()

/** What the library says while it speaks with the mail server, without what is secret. */
function teller(heard: (line: string) => void) {
  const tell = (entry: { tnx?: string } | undefined, message: string, ...values: unknown[]) => {
    let at = 0
    const line = message.replace(/%[sdj]/g, () => String(values[at++]))
    for (const part of line.split(/\r?\n/)) heard(`${entry?.tnx === 'client' ? '→' : '·'} ${part}`)
  }
  return {
    level: () => undefined,
    trace: tell,
    debug: tell,
    info: tell,
    warn: tell,
    error: tell,
    fatal: tell,
  }
}
