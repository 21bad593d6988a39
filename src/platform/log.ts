import { type DestinationStream, type Logger, pino } from 'pino'

export type LogOptions = {
  /** As in the settings: trace, debug, info, warn, error, fatal, silent. */
  level: string
  /** Where lines go; standard output when left out. */
  destination?: DestinationStream
  /** Facts on every line (the thread's name …). */
  base?: Record<string, unknown>
}

// What must never reach a log, wherever it lies in what is logged.
const SECRETS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'password_hash',
  'current_password',
  'token',
  'token_hash',
  'access_token',
  'refresh_token',
  'bearer_token',
  'client_secret',
  'secret',
  'secret_hash',
  'code',
  'code_verifier',
  'csrf',
  'otp',
  'otp_attempt',
  'private_key',
  'email',
]

const pathsOf = (name: string) => {
  const tail = name.startsWith('[') ? name : `.${name}`
  return [name, `*${tail}`, `*.*${tail}`]
}

// `code` of an error is its kind, not a secret.
const paths = SECRETS.flatMap(pathsOf).filter((path) => path !== '*.code' && path !== '*.*.code')

/** Opens the log: one JSON line per event, with secrets replaced by `[hidden]`. */
export function openLog(options: LogOptions): Logger {
  return pino(
    {
      level: options.level,
      base: options.base ?? null,
      redact: { paths, censor: '[hidden]' },
      formatters: { level: (level) => ({ level }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorFacts },
      // Sentences and stacks quote URLs and headers.
      hooks: { streamWrite: maskSecrets },
    },
    options.destination ?? pino.destination(1),
  )
}

/** What is told of an error: name, message, code, stack and cause, but nothing else that hangs on it (queries, bodies). */
function errorFacts(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(errcode === undefined ? {} : { errcode }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 3 ? { cause: errorFacts(error.cause, depth + 1) } : {}),
  }
}

const SECRET_FIELDS =
  /([?&;\s"'](?:access_token|bearer_token|refresh_token|client_secret|token|code|code_verifier|password|secret|csrf|state|confirmation_token|reset_password_token)=)[^&\s"'#\\]*/gi

/** Masks the values of secret query fields in a path, URL or sentence, and anything that stands after `Bearer`. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET_FIELDS, '$1[hidden]').replace(/(Bearer\s+)[^\s"',\\]+/gi, '$1[hidden]')
}
