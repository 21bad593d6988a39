import { plainText } from '#platform/html.ts'
import type { Html } from '../html.ts'
import { html, raw, safeUrl } from '../html.ts'
import type { Frame } from '../layout.ts'
import { page } from '../layout.ts'
import { paths } from '../paths.ts'
import { words } from '../words.ts'
import type { ShownName } from './names.ts'
import { avatar, nameOf } from './names.ts'
import { excerpt } from './profile.ts'

export type AboutData = {
  /** Sanitised HTML; empty when the keeper wrote none. */
  description: string
  rules: readonly { id: string; text: string; hint: string }[]
  contact: { account: ShownName | null; email: string | null }
  stats: { members: number; posts: number; servers: number } | null
  version: string
}

/** What this server is, its rules, and whom to ask. */
export function aboutPage(frame: Frame, data: AboutData): Html {
  const { site } = frame
  const say = words.about
  const title = say.title(site.name)
  const about = data.description ? raw(data.description) : words.landing.noDescription(site.domain)
  const told = excerpt(plainText(about.text), 300)
  const body = html`
    <div class="sheet wide">
      <h1>${title}</h1>
      <div class="prose lead">${about}</div>
      <p>${words.landing[site.registrations]}</p>
      <section aria-labelledby="rules">
        <h2 id="rules">${say.rules}</h2>
        ${data.rules.length === 0 ? html`<p>${say.noRules}</p>` : html`<ol class="numbered">${data.rules.map(rule)}</ol>`}
      </section>
      ${contact(data)}
      ${data.stats && numbers(data.stats)}
      <section><p class="hint">${say.software(data.version)}</p></section>
    </div>
  `
  const url = `${site.origin}${paths.about}`
  return page(frame, {
    title,
    body,
    head: {
      description: told,
      canonical: url,
      openGraph: { type: 'website', title, description: told, url },
    },
  })
}

function rule({ id, text, hint }: AboutData['rules'][number]): Html {
  return html`<li id="rule-${id}" dir="auto"><b>${text}</b>${hint && html`<br><span class="hint">${hint}</span>`}</li>`
}

function contact({ contact: { account, email } }: AboutData): Html | false {
  const say = words.about
  if (!account && !email) return false
  return html`
    <section aria-labelledby="contact">
      <h2 id="contact">${say.contact}</h2>
      ${
        account &&
        html`
          <div class="account-row">
            ${avatar(account)}
            <span class="grow"><a href="${safeUrl(account.url)}"><b>${nameOf(account)}</b></a><bdi class="handle">@${account.acct}</bdi></span>
          </div>
        `
      }
      ${email && html`<p>${say.contactMail}: <a href="mailto:${email}">${email}</a></p>`}
    </section>
  `
}

function numbers({ members, posts, servers }: NonNullable<AboutData['stats']>): Html {
  const say = words.about
  const all: [string, number][] = [
    [say.members, members],
    [say.posts, posts],
    [say.servers, servers],
  ]
  return html`
    <section aria-labelledby="numbers">
      <h2 id="numbers">${say.numbers}</h2>
      <dl class="facts">${all.map(([name, n]) => html`<div><dt>${name}</dt><dd>${words.number(n)}</dd></div>`)}</dl>
    </section>
  `
}
