import type { Setting } from './config-setting.ts'

/** How mail leaves, if it does: by the names and with the defaults that Mastodon's keepers know. */
export const mailSettings = {
  SMTP_SERVER: {
    type: 'string',
    fate: 'supported',
    sentence: 'Mail: the host that takes it. Without it (and without sendmail) nothing is mailed.',
  },
  SMTP_PORT: {
    type: 'int',
    fate: 'supported',
    sentence: 'Mail: the port.',
    default: 25,
    min: 1,
    max: 65_535,
  },
  SMTP_LOGIN: { type: 'string', fate: 'supported', sentence: 'Mail: the user.' },
  SMTP_PASSWORD: { type: 'secret', fate: 'supported', sentence: 'Mail: the password.' },
  SMTP_FROM_ADDRESS: {
    type: 'string',
    fate: 'supported',
    sentence: 'Mail: the sender; `notifications@` and the domain when left out.',
  },
  SMTP_REPLY_TO: { type: 'string', fate: 'supported', sentence: 'Mail: where answers go.' },
  SMTP_RETURN_PATH: { type: 'string', fate: 'supported', sentence: 'Mail: where bounces go.' },
  SMTP_DOMAIN: {
    type: 'string',
    fate: 'supported',
    sentence: 'Mail: the name we greet with; our domain when left out.',
  },
  SMTP_DELIVERY_METHOD: {
    type: 'enum',
    fate: 'supported',
    sentence: 'Mail: by a server, or by the sendmail of this machine.',
    values: ['smtp', 'sendmail'],
    default: 'smtp',
  },
  SMTP_AUTH_METHOD: {
    type: 'enum',
    fate: 'supported',
    sentence: 'Mail: how we sign in.',
    values: ['plain', 'login', 'cram_md5', 'none'],
    default: 'plain',
  },
  SMTP_CA_FILE: { type: 'path', fate: 'supported', sentence: 'Mail: the authorities we trust.' },
  SMTP_OPENSSL_VERIFY_MODE: {
    type: 'string',
    fate: 'supported',
    sentence: 'Mail: `none` accepts any certificate, anything else a good one.',
  },
  SMTP_ENABLE_STARTTLS: {
    type: 'enum',
    fate: 'supported',
    sentence: 'Mail: when to use STARTTLS.',
    values: ['auto', 'always', 'never'],
  },
  SMTP_ENABLE_STARTTLS_AUTO: {
    type: 'bool',
    fate: 'supported',
    sentence: 'Mail: STARTTLS when it is offered; an older name of SMTP_ENABLE_STARTTLS.',
    default: true,
  },
  SMTP_TLS: { type: 'bool', fate: 'supported', sentence: 'Mail: TLS from the first byte.', default: false },
  SMTP_SSL: { type: 'bool', fate: 'supported', sentence: 'Mail: the old name of SMTP_TLS.', default: false },
} as const satisfies Record<string, Setting>
