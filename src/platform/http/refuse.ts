/** A request that is wrong as HTTP, before any verb was asked; `status` says how. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'HttpRefusal'
    this.status = status
    this.headers = headers
  }
}

/** 400: what was sent cannot be read at all. */
export const malformed = (message = 'The request could not be read') => new HttpRefusal(400, message)

/** 405: this method is not spoken here. */
export const wrongMethod = () => new HttpRefusal(405, 'Method not allowed')

/** 413: the body is larger than the endpoint takes; the connection is closed, as the rest is not read. */
export const tooLarge = () => new HttpRefusal(413, 'The request is too large', { Connection: 'close' })

/** 415: the body is of a kind that is not read here. */
export const unsupported = (message = 'The media type is not supported') => new HttpRefusal(415, message)
