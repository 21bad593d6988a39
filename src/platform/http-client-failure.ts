/** Why an outgoing request came to nothing, in one word that may be stored and counted. */
export type HttpFailureReason =
  | 'url'
  | 'scheme'
  | 'port'
  | 'host-name'
  | 'private-address'
  | 'redirect'
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'malformed'
  | 'encoding'
  | 'too-large'
  | 'closed'

// What says something about the host's health, as opposed to what this one URL or answer was like. A name
// that points to a private address belongs here: nothing reaches it until its owner mends that.
const HOST_TROUBLE: ReadonlySet<HttpFailureReason> = new Set<HttpFailureReason>([
  'dns',
  'refused',
  'unreachable',
  'reset',
  'timeout',
  'tls',
  'malformed',
  'private-address',
])

// What our own guard refused: no packet left for the address in question.
const GUARDED: ReadonlySet<HttpFailureReason> = new Set<HttpFailureReason>([
  'url',
  'scheme',
  'port',
  'host-name',
  'private-address',
])

/**
 * The one error of the outgoing client. The message is for our log only: whoever asked for the fetch is told
 * nothing but that it failed, or the difference between reasons would map the network around us.
 */
export class HttpFailure extends Error {
  readonly reason: HttpFailureReason
  /** Host and port as in the URL, or empty when there was none. */
  readonly host: string

  constructor(reason: HttpFailureReason, host: string, cause?: unknown) {
    super(`request to ${host || 'an unreadable address'} failed: ${reason}`, { cause })
    this.name = 'HttpFailure'
    this.reason = reason
    this.host = host
  }

  /** True when the host itself is in trouble, so that its back-off should count this failure. */
  get isHostTrouble(): boolean {
    return HOST_TROUBLE.has(this.reason)
  }

  /** True when our own guard refused, before anything was sent to the address in question. */
  get isGuarded(): boolean {
    return GUARDED.has(this.reason)
  }
}

/** Brings whatever Node reports for a failed exchange to the one error type. */
export function asHttpFailure(error: unknown, host: string): HttpFailure {
  if (error instanceof HttpFailure) return error
  return new HttpFailure(reasonOf(codeOf(error)), host, error)
}

const REASON_BY_CODE: Record<string, HttpFailureReason> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EPROTO: 'tls',
  ERR_INVALID_CHAR: 'url',
  ERR_UNESCAPED_CHARACTERS: 'url',
  ERR_INVALID_HTTP_TOKEN: 'url',
}

// OpenSSL's verdicts on certificates have no common prefix; these are the words their codes are made of.
const TLS_WORDS = /^ERR_(TLS|SSL|OSSL)|CERT|SELF_SIGNED|_CRL_|UNABLE_TO_(GET|VERIFY)_|HOSTNAME_MISMATCH/

function reasonOf(code: string): HttpFailureReason {
  const known = REASON_BY_CODE[code]
  if (known) return known
  if (code.startsWith('HPE_')) return 'malformed'
  if (TLS_WORDS.test(code)) return 'tls'
  if (code.startsWith('Z_') || code.startsWith('ERR_ZLIB') || code.startsWith('ERR__ERROR_FORMAT')) {
    return 'encoding'
  }
  return 'reset'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
