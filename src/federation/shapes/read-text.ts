import { cleanName, escapeHtml, isBlank, plainText, sanitize } from '#platform/html.ts'
import { formatText } from '#platform/text/format-text.ts'
import { linkLine, pageOf, readTime } from './read-person.ts'
import type { Shaped } from './shape.ts'
import { isA, isObject, listOf, textOf, webUrl } from './shape.ts'

const MOST_CONTENT = 200_000
const MOST_TITLE = 5000

/** Types whose title is part of what they say. */
export const titledTypes = ['Article', 'Page', 'Image', 'Audio', 'Video', 'Event', 'Document']

/** What a member reads of an object, as sanitised HTML: of a titled one its title, its facts, its words and a link to it. */
export function contentOf(object: Shaped): string {
  const words = wordsOf(object)
  if (!isA(object, ...titledTypes)) return words
  const title = cleanName(firstOf(object.name, object.nameMap, MOST_TITLE))
  const heading = title ? `<p><strong>${escapeHtml(title)}</strong></p>` : ''
  const facts = isA(object, 'Event') ? eventFacts(object) : ''
  const summary = sanitize(firstOf(object.summary, object.summaryMap, MOST_CONTENT))
  const body = isBlank(words) ? summary : words
  const page = pageOf(object.url) ?? webUrl(object.id)
  return sanitize(`${heading}${facts}${isBlank(body) ? '' : body}${linkLine('', page)}`)
}

/** The words alone, in the first language of those given. */
function wordsOf(object: Shaped): string {
  const text = firstOf(object.content, object.contentMap, MOST_CONTENT)
  const isMarkdown = textOf(object.mediaType, 60).toLowerCase().startsWith('text/markdown')
  if (!isMarkdown || /<(?:p|br|a|div)\b/i.test(text)) return sanitize(text)
  return sanitize(formatText(text, { contentType: 'text/markdown', mentions: new Map(), tagUrl: () => '' }))
}

function firstOf(value: unknown, map: unknown, most: number): string {
  const [first] = isObject(map) ? Object.values(map) : []
  return textOf(value ?? first, most)
}

const moments = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})

/** When and where something takes place. */
function eventFacts(object: Shaped): string {
  const [start, end] = [readTime(object.startTime), readTime(object.endTime)]
  const when = [start, end].flatMap((at) => (at === null ? [] : [`${moments.format(at)} UTC`])).join(' – ')
  const lines = [when, placeOf(object.location)].filter(Boolean)
  return lines.length > 0 ? `<p>${lines.map(escapeHtml).join('<br>')}</p>` : ''
}

function placeOf(location: unknown): string {
  const [place] = listOf(location, 1)
  if (!isObject(place)) return ''
  const address = isObject(place.address)
    ? ['streetAddress', 'postalCode', 'addressLocality', 'addressCountry'].map((part) =>
        textOf((place.address as Shaped)[part], 200),
      )
    : [textOf(place.address, 500)]
  const parts = [textOf(place.name, 300), ...address].map((part) => plainText(part).trim())
  return [...new Set(parts.filter(Boolean))].join(', ')
}
