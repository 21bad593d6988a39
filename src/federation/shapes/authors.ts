import type { Shaped } from './shape.ts'
import { idOf, isA, isObject, listOf, sameOrigin } from './shape.ts'

const MOST_AUTHORS = 20
/** Who speaks for themselves; channels and communities are where they speak. */
const PEOPLE = ['Person', 'Service', 'Application']

/**
 * The one author of an object; null when it names none, or several (ORG-05). Of a video that names a person and their
 * channel, all of the object's own server, it is the person.
 */
export function authorOf(object: Shaped): string | null {
  const authors = listOf(object.attributedTo, MOST_AUTHORS)
  if (authors.length === 1) return idOf(authors[0])
  const id = idOf(object)
  const named = authors.filter(isObject)
  if (id === null || named.length !== authors.length) return null
  const people = named.filter((each) => isA(each, ...PEOPLE))
  const places = named.filter((each) => isA(each, 'Group'))
  if (people.length !== 1 || people.length + places.length !== named.length) return null
  const uris = named.map(idOf)
  return uris.every((uri) => uri !== null && sameOrigin(uri, id)) ? idOf(people[0]) : null
}
