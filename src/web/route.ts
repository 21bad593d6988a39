import type { Context, Hono } from 'hono'
import type { App } from '#app.ts'
import { Refusal } from '#platform/errors.ts'
import { answerError } from '#platform/http/answers.ts'
import { requestIdOf, type Site } from '#platform/http/facts.ts'
import type { Form } from '#platform/http/forms.ts'
import type { ReadForm } from '#platform/http/input.ts'
import { discardAll, readForm } from '#platform/http/input.ts'
import { HttpRefusal } from '#platform/http/refuse.ts'
import { scratchDirectory } from '#platform/scratch.ts'
import { paths } from './paths.ts'
import { strangeHost } from './strange-host.ts'
import type { Visit } from './visit.ts'
import { ensureFormToken, goTo, isOwnForm, isOwnOrigin, refusePage, visitOf } from './visit.ts'

type Handler = (visit: Visit) => Promise<Response> | Response
type PostHandler = (visit: Visit, form: Form) => Promise<Response> | Response
type Proof = (visit: Visit, form: Form) => boolean

/** How many pictures a form may bring. */
const PICTURES = { count: 2 }
const hasToken: Proof = (visit, form) => isOwnForm(visit, form.csrf)

/** Adds page routes: finds the visitor, turns refusals into pages, checks the token of posted forms. */
export function openRoutes(site: Hono<Site>, app: App) {
  const answer = (c: Context<Site>, run: Handler) => attend(app, c, run)
  return {
    /** A page to read. */
    get(path: string, run: Handler) {
      site.get(path, (c) => answer(c, run))
    },
    /** A page with a form for anybody: visitors get a token for it. */
    form(path: string, run: Handler) {
      site.get(path, (c) =>
        answer(c, (visit) => {
          ensureFormToken(visit)
          return run(visit)
        }),
      )
    },
    /** What a form of ours sends, and the visitor's token proves it; anything else is refused before it is looked at. */
    post(path: string, run: PostHandler, proof = hasToken, hasFiles = false) {
      site.post(path, (c) => answer(c, (visit) => receive(visit, run, proof, hasFiles)))
    },
    /** The same, asked for with DELETE as Mastodon's own pages do. */
    delete(path: string, run: PostHandler) {
      site.delete(path, (c) => answer(c, (visit) => receive(visit, run, hasToken, false)))
    },
  }
}

/** What of the pages shows people and what they wrote. */
const PEOPLES = /^\/(?:$|@|tags\/|collections\/|media\/.*\/player)/

/** In limited federation what people wrote is for members. */
function isClosed({ app, c, session, domain }: Visit): boolean {
  const { limitedFederationMode } = app.config
  return limitedFederationMode && session === null && domain.confirmed_at !== null && PEOPLES.test(c.req.path)
}

async function attend(app: App, c: Context<Site>, run: Handler): Promise<Response> {
  const visit = await visitOf(app, c)
  if (!visit) return strangeHost(app, c)
  try {
    return isClosed(visit) ? goTo(visit, paths.signIn) : await run(visit)
  } catch (error) {
    const { status } = answerError(error, requestIdOf(c))
    if (status >= 500 && !(error instanceof Refusal)) throw error
    return refusePage(visit, status, error instanceof Refusal ? error.message : undefined)
  }
}

async function receive(visit: Visit, run: PostHandler, proof: Proof, hasFiles: boolean): Promise<Response> {
  const read = isOwnOrigin(visit) ? await formOf(visit, hasFiles) : null
  try {
    if (read && proof(visit, read.form)) return await run(visit, read.form)
  } finally {
    await discardAll(read?.files ?? [])
  }
  return refusePage(
    visit,
    403,
    'This form was not sent from a page of this server, or it is too old. Open it again.',
  )
}

/** What was sent; null when it is no kind of form. Files are taken where a form brings pictures. */
async function formOf(visit: Visit, hasFiles: boolean): Promise<ReadForm | null> {
  const room = hasFiles ? { files: PICTURES, uploadsDir: scratchDirectory(visit.app) } : {}
  try {
    return await readForm(visit.c, room)
  } catch (error) {
    if (error instanceof HttpRefusal && error.status === 415) return null
    throw error
  }
}

/** Runs for signed-in people only; others are asked to sign in and come back. */
export function signedIn(visit: Visit): asserts visit is Visit & { session: NonNullable<Visit['session']> } {
  if (!visit.session) throw new NeedsSignIn()
}

/** Somebody must sign in first. */
export class NeedsSignIn extends Refusal {
  constructor() {
    super('unauthenticated', 'Sign in to see this page.')
  }
}

/** Sends a visitor to sign in and then back to `path`. */
export function askToSignIn(visit: Visit, path: string, { again = false } = {}): Response {
  return goTo(visit, `${paths.signIn}?next=${encodeURIComponent(path)}${again ? '&again=1' : ''}`)
}

/** A field of a posted form as text. */
export function textOf(form: Form, name: string): string {
  const value = form[name]
  return typeof value === 'string' ? value : ''
}
