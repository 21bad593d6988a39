const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "media-src 'self' https:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
]

/**
 * The content-security policy of a page (WEB-01): no script, no inline style, framed by nobody. Forms go to this
 * server, and after it on to `redirects` (the consent page leads to the app's address, and browsers check the way).
 */
export function contentSecurityPolicy(redirects: readonly string[] = []): string {
  const targets = new Set(["'self'"])
  for (const uri of redirects) {
    const target = formTarget(uri)
    if (target) targets.add(target)
  }
  return [...PAGE_POLICY, `form-action ${[...targets].join(' ')}`].join('; ')
}

/** What the member app may do besides: run its own pieces, speak to this server and its stream, show what was just picked. */
function appPolicy(streaming: string): string {
  const replaced: Record<string, string> = {
    "img-src 'self' https: data:": "img-src 'self' https: data: blob:",
    "media-src 'self' https:": "media-src 'self' https: blob:",
  }
  return [
    ...PAGE_POLICY.map((line) => replaced[line] ?? line),
    "script-src 'self'",
    `connect-src 'self' ${streaming}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
  ].join('; ')
}

/** The headers of the member app; `streaming` is the address of its stream. */
export function appHeaders(streaming: string): Record<string, string> {
  return { ...pageHeaders(), 'content-security-policy': appPolicy(streaming) }
}

/** The headers that every page carries besides its type; `redirects` as in contentSecurityPolicy. */
export function pageHeaders(redirects: readonly string[] = []): Record<string, string> {
  return {
    'content-security-policy': contentSecurityPolicy(redirects),
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), interest-cohort=()',
  }
}

/** The headers of a page that is made to be shown inside pages of others. */
export function framedPage(): Record<string, string> {
  const { 'x-frame-options': _, 'content-security-policy': policy = '', ...headers } = pageHeaders()
  return {
    ...headers,
    'content-security-policy': policy.replace("frame-ancestors 'none'", 'frame-ancestors *'),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'public, max-age=60',
    'x-robots-tag': 'noindex',
  }
}

/** The headers of a style sheet or picture served under a name that holds its hash. */
export function assetHeaders(): Record<string, string> {
  return {
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  }
}

/** The headers of the service worker, which is asked for anew each time and speaks to this server alone. */
export function workerHeaders(): Record<string, string> {
  return {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; connect-src 'self'",
  }
}

function formTarget(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined
  const { protocol, host } = new URL(uri)
  // `urn:ietf:wg:oauth:2.0:oob` shows the code here.
  if (protocol === 'urn:' || /^(?:data|javascript|vbscript|blob|file|about):$/.test(protocol))
    return undefined
  if (protocol !== 'https:' && protocol !== 'http:') {
    return /^[a-z][a-z0-9+.-]*:$/.test(protocol) ? protocol : undefined
  }
  // A host may hold `;` or `,`, and IPv6 cannot be written in a policy: then the whole scheme is allowed.
  return /^[a-z0-9.-]+(?::\d+)?$/.test(host) ? `${protocol}//${host}` : protocol
}
