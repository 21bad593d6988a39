import type { Html } from '../html.ts'
import { html, safeUrl } from '../html.ts'
import { icon } from '../icons.ts'
import type { Frame, Viewer } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { ScopeGroup } from '../words-scopes.ts'
import { scopeInWords } from '../words-scopes.ts'
import { buttonForm, form } from './forms.ts'
import { avatar, nameOf } from './names.ts'
import { sheet } from './sheet.ts'

export type ConsentData = {
  app: { name: string; website: string | null }
  /** What was asked for, as sent: `read`, `write:statuses`, … */
  scopes: readonly string[]
  account: Viewer
  /** Where the answer goes; the page's form-action must allow it (pageHeaders). */
  redirectUri: string
  /** Everything of the request that must come back with the answer: client_id, redirect_uri, state, … */
  hidden: Record<string, string>
  /** The path of this very request, for signing in as somebody else. */
  here: string
}

const GROUPS: ScopeGroup[] = ['read', 'write', 'moderate', 'other']

/** Asks whether an app may use the account. Posts `hidden`, `csrf` and `decision` (`allow` or `refuse`). */
export function consentPage(frame: Frame, data: ConsentData): Html {
  const { app, account, hidden } = data
  const say = words.consent
  const website = safeUrl(app.website)
  const host =
    website &&
    URL.canParse(website) &&
    html`<a href="${website}" rel="nofollow noopener noreferrer">${new URL(website).host}</a>`
  const answers = html`
    <p class="hint">${leadsTo(data.redirectUri)}</p>
    <div class="buttons">
      <button class="button main" name="decision" value="allow">${say.allow}</button>
      <button class="button" name="decision" value="refuse">${say.refuse}</button>
    </div>
  `
  return sheet(
    frame,
    say.title(app.name),
    html`
      ${host && html`<p class="hint">${say.site(host)}</p>`}
      ${grants(data)}
      <p class="hint">${say.careful}</p>
      <div class="account-row">
        ${avatar(account)}
        <span class="grow"><span class="hidden-text">${say.as}: </span><b>${nameOf({ ...account, emojis: [] })}</b><bdi class="handle">@${account.username}@${frame.site.domain}</bdi></span>
        ${buttonForm(paths.signOut, frame.csrf, say.useAnother, { look: 'quiet small', hidden: { next: data.here } })}
      </div>
      ${form(paths.authorize, frame.csrf, answers, hidden)}
    `,
  )
}

function grants({ app, scopes }: ConsentData): Html {
  const say = words.consent
  if (scopes.length === 0) return html`<p>${say.noScopes}</p>`
  const told = scopes.map(scopeInWords)
  return html`
    <p>${say.intro(html`<bdi>${app.name}</bdi>`)}</p>
    ${GROUPS.map((group) => {
      const sentences = [
        ...new Set(told.filter((each) => each.group === group).map(({ sentence }) => sentence)),
      ]
      const drawing = group === 'moderate' ? 'warn' : 'check'
      return (
        sentences.length > 0 &&
        html`
          <div>
            <h2 class="grants-title">${say.groups[group]}</h2>
            <ul class="grants">${sentences.map((sentence) => html`<li>${icon(drawing)}<span>${sentence}</span></li>`)}</ul>
          </div>
        `
      )
    })}
  `
}

function leadsTo(uri: string): Html | string {
  if (uri.startsWith('urn:')) return words.consent.leadsToCode
  if (!/^https?:/.test(uri) || !URL.canParse(uri)) return words.consent.leadsToApp
  return words.consent.leadsTo(html`<b>${new URL(uri).host}</b>`)
}
