import type { Html } from '../html.ts'
import { html, raw, safeUrl } from '../html.ts'
import type { Frame } from '../layout.ts'
import { sheet } from './sheet.ts'

type Person = { acct: string; display_name: string; username: string; url: string }

/** Accounts that a member recommends together; `description` was made safe before. */
export function collectionPage(
  frame: Frame,
  data: { name: string; description: string; owner: Person; accounts: readonly Person[] },
): Html {
  const { name, description, owner, accounts } = data
  const inside = html`
    <p class="lead">${person(owner)}</p>
    <div class="text">
      ${description && html`<p>${raw(description)}</p>`}
      <ul>${accounts.map((account) => html`<li>${person(account)}</li>`)}</ul>
    </div>
  `
  return sheet(frame, name, inside, { wide: true })
}

const person = ({ url, acct, display_name, username }: Person) =>
  html`<a href="${safeUrl(url)}">${display_name || username}</a> @${acct}`
