import { favicon, logo, style } from './assets.ts'
import type { Html, Value } from './html.ts'
import { html, jsonData, safeUrl } from './html.ts'
import { icon, mark, sprite } from './icons.ts'
import { paths } from './paths.ts'
import type { AvatarOf } from './views/names.ts'
import { avatar } from './views/names.ts'
import { words } from './words.ts'

/** The server as its pages show it. */
export type Site = {
  /** The title people see. */
  name: string
  /** The handle's domain. */
  domain: string
  /** `https://` + web host, without a slash at the end. */
  origin: string
  registrations: 'open' | 'approval' | 'closed'
  /** Where the program's source is to be had. */
  sourceUrl: string
}

/** The signed-in person, or null for a visitor. */
export type Viewer = AvatarOf & { username: string; mayAdminister: boolean }

/** How the reader wants pages to look; left out is `auto`. */
export type Look = {
  scheme?: 'auto' | 'light' | 'dark'
  contrast?: 'auto' | 'more'
  density?: 'cosy' | 'compact' | 'airy'
  motion?: 'auto' | 'less'
  counts?: 'show' | 'hide'
}

export type Notice = { kind: 'ok' | 'info' | 'warn' | 'danger'; text: Value }

/** What every page is put into. */
export type Frame = {
  site: Site
  viewer: Viewer | null
  /** Token of the session for forms; an empty one leaves out the sign-out button. */
  csrf: string
  look?: Look
  /** Said once at the top, after a redirect. */
  notice?: Notice | null
}

/** What a page tells machines. Addresses are absolute. */
export type Head = {
  description?: string
  canonical?: string
  robots?: string
  alternates?: { type: string; href: string; title?: string }[]
  me?: string[]
  author?: string
  /** `@ana@example.org`, for other servers' preview cards. */
  creator?: string
  openGraph?: OpenGraph
  jsonLd?: unknown
}

export type OpenGraph = {
  type: 'website' | 'profile' | 'article'
  title: string
  description: string
  url: string
  publishedTime?: string
  username?: string
  image?: { url: string; alt?: string | null; width?: number; height?: number; large?: boolean } | null
}

export type Page = {
  title: string
  head?: Head
  body: Html
  lang?: string
  dir?: 'ltr' | 'rtl'
  /** Without links to the other pages: they do not exist before setup. */
  alone?: boolean
}

/** A whole document. It holds no script and no inline style: the policy of csp.ts fits it. */
export function page(frame: Frame, told: Page): Html {
  const { site, notice } = frame
  const { title, body, alone = false } = told
  const whole = title === site.name ? title : `${title} · ${site.name}`
  return sheetOf(frame, {
    ...told,
    title: whole,
    body: html`
      <a class="skip" href="#main">${words.frame.skip}</a>
      ${top(frame, alone)}
      <main id="main" tabindex="-1">
        ${notice && html`<div class="notice-frame">${noticeBox(notice)}</div>`}
        ${body}
      </main>
      ${foot(site, alone)}
    `,
  })
}

/** The bare document around a page or the app: what every browser needs to know, and the drawings. */
export function sheetOf(
  frame: Frame,
  { title, head = {}, more, body, lang = words.lang, dir }: Page & { more?: Html },
): Html {
  return html`
    <!doctype html>
    <html lang="${lang}"${dir && html` dir="${dir}"`}${lookOf(frame.look)}>
      <head>
        <meta charset="utf-8">
        <title>${title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="theme-color" content="#f8f6f2" media="(prefers-color-scheme: light)">
        <meta name="theme-color" content="#161412" media="(prefers-color-scheme: dark)">
        <link rel="stylesheet" href="${style.path}">
        <link rel="icon" type="image/svg+xml" href="${favicon.path}">
        ${more}
        ${forMachines(frame.site, head)}
      </head>
      <body>
        ${sprite}
        ${body}
      </body>
    </html>
  `
}

/** A band with something to know. Dangers are read out at once, the rest when there is a pause. */
export function noticeBox({ kind, text }: Notice): Html {
  const drawing = kind === 'ok' ? 'check' : kind === 'info' ? null : 'warn'
  return html`
    <div class="notice ${kind}" data-part="notice" role="${kind === 'danger' ? 'alert' : 'status'}">
      ${drawing && icon(drawing)}
      <div>${text}</div>
    </div>
  `
}

function lookOf(look: Look = {}): Html {
  const set = Object.entries(look).filter(([, value]) => value !== undefined && value !== 'auto')
  return html`${set.map(([name, value]) => html` data-${name}="${value}"`)}`
}

function top(frame: Frame, alone: boolean): Html {
  return html`
    <header class="top">
      <div class="top-inner">
        <a class="brand" href="${paths.front}">${mark}<span>${frame.site.name}</span></a>
        ${
          !alone &&
          html`
            <nav class="top-links" aria-label="${words.frame.mainNavigation}">
              ${frame.viewer ? memberLinks(frame.viewer, frame.csrf) : visitorLinks(frame.site)}
            </nav>
          `
        }
      </div>
    </header>
  `
}

function memberLinks(viewer: Viewer, csrf: string): Html {
  const say = words.frame
  return html`
    <a class="button quiet me" href="${paths.profile(viewer.username)}">
      ${avatar(viewer)}<bdi>@${viewer.username}</bdi>
    </a>
    ${viewer.mayAdminister && html`<a class="button quiet" href="${paths.people}">${say.people}</a>`}
    <a class="button quiet" href="${paths.account}">${say.settings}</a>
    ${csrf && signOut(csrf)}
  `
}

function visitorLinks(site: Site): Html {
  const say = words.frame
  return html`
    <a class="button quiet" href="${paths.signIn}">${say.signIn}</a>
    ${site.registrations !== 'closed' && html`<a class="button main" href="${paths.signUp}">${say.join}</a>`}
  `
}

function signOut(csrf: string): Html {
  return html`
    <form method="post" action="${paths.signOut}">
      <input type="hidden" name="csrf" value="${csrf}">
      <button class="button quiet">${words.frame.signOut}</button>
    </form>
  `
}

function foot(site: Site, alone: boolean): Html {
  const say = words.frame
  return html`
    <footer class="foot">
      <div class="foot-inner">
        <p>${say.runs}</p>
        <nav aria-label="${say.footer}">
          <ul class="foot-links">
            ${
              !alone &&
              html`
                <li><a href="${paths.about}">${say.about}</a></li>
                <li><a href="${paths.about}#rules">${say.rules}</a></li>
              `
            }
            <li><a href="${safeUrl(site.sourceUrl)}">${say.source}</a></li>
          </ul>
        </nav>
      </div>
    </footer>
  `
}

function forMachines(site: Site, head: Head): Html {
  const meta = (name: string, content: string | undefined) =>
    content && html`<meta name="${name}" content="${content}">`
  const link = (rel: string, href: string | undefined) =>
    safeUrl(href) && html`<link rel="${rel}" href="${safeUrl(href)}">`
  return html`
    ${meta('description', head.description)}
    ${meta('robots', head.robots)}
    ${link('canonical', head.canonical)}
    ${link('author', head.author)}
    ${head.alternates?.map(
      ({ type, href, title }) => html`
        <link rel="alternate" type="${type}" href="${safeUrl(href)}"${title && html` title="${title}"`}>
      `,
    )}
    ${head.me?.map((href) => link('me', href))}
    ${meta('fediverse:creator', head.creator)}
    ${head.openGraph && openGraph(site, head.openGraph)}
    ${head.jsonLd !== undefined && jsonData('application/ld+json', head.jsonLd)}
  `
}

function openGraph(site: Site, told: OpenGraph): Html {
  const { image } = told
  const property = (name: string, content: Value) =>
    content !== undefined &&
    content !== null &&
    content !== '' &&
    html`<meta property="${name}" content="${content}">`
  const picture = image && safeUrl(image.url) ? image : { url: `${site.origin}${logo.path}` }
  return html`
    ${property('og:type', told.type)}
    ${property('og:site_name', site.name)}
    ${property('og:title', told.title)}
    ${property('og:description', told.description)}
    ${property('og:url', told.url)}
    ${property('og:image', picture.url)}
    ${property('og:image:alt', picture.alt)}
    ${property('og:image:width', picture.width)}
    ${property('og:image:height', picture.height)}
    ${property('article:published_time', told.publishedTime)}
    ${property('profile:username', told.username)}
    <meta name="twitter:card" content="${picture.large ? 'summary_large_image' : 'summary'}">
  `
}
