import { openSession } from '#auth/sessions.ts'
import { userByAccount } from '#auth/users.ts'
import type { Name } from './cast.ts'
import { PASSWORD } from './cast.ts'
import type { World } from './world.ts'

/** A page as a browser got it. */
export type Page = {
  status: number
  headers: Headers
  text: string
  /** Where it leads on to: path and query on this server, else the whole address; '' where it does not. */
  leadsTo: string
}

export type Browser = {
  cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<Page>
  /** Posts fields as a form does, without looking at any page first. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>
  /** Fills the form of `page` that posts to `action`, and sends it with its hidden fields. */
  submit(page: Page, action: string, fields?: Record<string, string>): Promise<Page>
  /** Opens the page that this one leads to, as often as it does. */
  follow(page: Page): Promise<Page>
  /** Is signed in as one of the cast, without the form and its password. */
  enter(name: Name): Promise<void>
  /** Signs in by the form; the password of the cast when left out. */
  signIn(login: string, password?: string): Promise<Page>
}

export type BrowserOptions = { host?: string; ip?: string }

/** A browser without script: it keeps cookies and knows forms only from the pages it sees. */
export function openBrowser(w: World, { host, ip }: BrowserOptions = {}): Browser {
  const cookies = new Map<string, string>()
  const origin = () => w.app.domains.all()[0]?.origin ?? ''
  const web = () => host ?? w.app.domains.all()[0]?.web_host ?? ''
  const send = async (path: string, init: RequestInit, extra: Record<string, string>): Promise<Page> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { Host: web(), Accept: 'text/html', ...(cookie ? { Cookie: cookie } : {}), ...extra }
    const env = ip ? { client: { ip, host: web(), proto: 'https' as const } } : {}
    const answer = await w.site.request(`${origin()}${path}`, { ...init, headers }, env)
    for (const line of answer.headers.getSetCookie()) keep(cookies, line)
    const location = answer.headers.get('location') ?? ''
    const leadsTo = location.startsWith(`${origin()}/`) ? location.slice(origin().length) : location
    return { status: answer.status, headers: answer.headers, text: await answer.text(), leadsTo }
  }
  const browser: Browser = {
    cookies,
    get: (path, headers = {}) => send(path, { method: 'GET' }, headers),
    post(path, fields, headers = {}) {
      const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
      const body = new URLSearchParams(fields).toString()
      return send(path, { method: 'POST', body }, { ...type, ...headers })
    },
    submit: (page, action, fields = {}) => browser.post(action, { ...hiddenFields(page, action), ...fields }),
    async follow(page) {
      let next = page
      for (let steps = 0; next.leadsTo.startsWith('/') && steps < 5; steps++)
        next = await browser.get(next.leadsTo)
      return next
    },
    async enter(name) {
      const user = await userByAccount(w.app, w.cast[name].id)
      if (!user) throw new Error(`${name} is not one of ours`)
      const token = await openSession(w.app, user, { ip: ip ?? '127.0.0.1', userAgent: null })
      cookies.set('__Host-hyrax_session', token)
    },
    async signIn(login, password = PASSWORD) {
      return browser.submit(await browser.get('/auth/sign_in'), '/auth/sign_in', { login, password })
    },
  }
  return browser
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';')
  const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
  if (value === '') cookies.delete(name)
  else cookies.set(name, value)
}

/** The hidden fields of the form that posts to `action`; throws where the page has none. */
export function hiddenFields({ text }: Pick<Page, 'text'>, action: string): Record<string, string> {
  const forms = text.matchAll(/<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/gs)
  // The last one: before it may stand the same button in the page's head.
  const found = [...forms].findLast(([, to = '']) => plain(to) === action)
  if (!found) throw new Error(`The page has no form that posts to ${action}`)
  const fields = (found[2] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [plain(name), plain(value)]))
}

/** Text of an attribute as a browser reads it. */
function plain(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => signs[name] ?? '')
}
