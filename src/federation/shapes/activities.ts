import type { AccountRow } from '#accounts/accounts.ts'
import { isoTime } from '#platform/times.ts'
import type { StatusRow } from '#statuses/statuses.ts'
import type { Document } from './context-out.ts'
import { PUBLIC } from './context-out.ts'
import { addressing } from './write-note.ts'

// Ids follow the patterns of Mastodon (surface o), because others take them apart.

type Actor = Pick<AccountRow, 'uri'>
type Relation = { uri: string }

/** The publication of a note, addressed like it. */
export function create(note: Document): Document {
  const { id, attributedTo: actor, published, to, cc } = note
  return { id: `${id}/activity`, type: 'Create', actor, published, to, cc, object: note }
}

/** The new version of a note; `at` (ms) tells the versions apart. */
export function updateNote(note: Document, at: number): Document {
  const { id, attributedTo: actor, to, cc } = note
  return { id: `${id}#updates/${at}`, type: 'Update', actor, published: isoTime(at), to, cc, object: note }
}

/** The new state of an actor; `at` (ms) tells the versions apart. */
export function updatePerson(person: Document, at: number): Document {
  const { id } = person
  return { id: `${id}#updates/${at}`, type: 'Update', actor: id, to: [PUBLIC], object: person }
}

/** What is left of a deleted object. */
export function tombstone(uri: string): Document {
  return { id: uri, type: 'Tombstone', atomUri: uri }
}

/** The end of a note: nothing of it but its id. */
export function deleteNote(actor: Actor, uri: string, addressed: Document): Document {
  return { id: `${uri}#delete`, type: 'Delete', actor: actor.uri, ...addressed, object: tombstone(uri) }
}

/** The end of an actor. */
export function deletePerson(uri: string): Document {
  return { id: `${uri}#delete`, type: 'Delete', actor: uri, to: [PUBLIC], object: uri }
}

/** A boost; `object` is the boosted uri, or the note itself where nobody could fetch it. */
export function announce(
  actor: AccountRow,
  boost: Pick<StatusRow, 'uri' | 'visibility' | 'created_at'>,
  author: Actor,
  object: string | Document,
): Document {
  const published = isoTime(boost.created_at)
  const { to, cc } = addressing(boost, actor, [author.uri])
  return { id: boost.uri, type: 'Announce', actor: actor.uri, published, to, cc, object }
}

/**
 * A favourite. With a face it says so in the words of Misskey, which Pleroma reads too and Mastodon takes for a plain
 * one; `tag` is the custom emoji.
 */
export function like(
  actor: Actor,
  favourite: Relation & { face?: string; tag?: Document[] },
  statusUri: string,
): Document {
  const { face, tag } = favourite
  const said = face ? { content: face, _misskey_reaction: face, ...(tag?.length ? { tag } : {}) } : {}
  return { id: favourite.uri, type: 'Like', actor: actor.uri, object: statusUri, ...said }
}

/** A wish to follow. */
export function follow(actor: Actor, target: Actor, relation: Relation): Document {
  return { id: relation.uri, type: 'Follow', actor: actor.uri, object: target.uri }
}

/** Yes to a Follow; `name` tells it from other answers of the actor. */
export function accept(actor: Actor, followed: Document, name: string): Document {
  return { id: `${actor.uri}#accepts/follows/${name}`, type: 'Accept', actor: actor.uri, object: followed }
}

/** No to a Follow, or the end of one that stood. */
export function reject(actor: Actor, followed: Document, name: string): Document {
  return { id: `${actor.uri}#rejects/follows/${name}`, type: 'Reject', actor: actor.uri, object: followed }
}

/** The blocked server is told, so that it can hide us from whoever is blocked. */
export function block(actor: Actor, target: Actor, relation: Relation): Document {
  return { id: relation.uri, type: 'Block', actor: actor.uri, object: target.uri }
}

/** Takes an activity back; boosts have an id with a path, which an `/undo` behind it would turn into another. */
export function undo(actor: Actor, activity: Document, id = `${activity.id}/undo`): Document {
  return {
    id,
    type: 'Undo',
    actor: actor.uri,
    ...(activity.to ? { to: activity.to, cc: activity.cc } : {}),
    object: activity,
  }
}

/** A complaint about an account and what it wrote, in the name of the server and not of whoever complained. */
export function flag(server: Actor, report: Relation & { comment: string }, objects: string[]): Document {
  return { id: report.uri, type: 'Flag', actor: server.uri, content: report.comment, object: objects }
}

/** A wish to take part in a relay: of Mastodon's kind by following everybody, of the other by following its actor. */
export function followRelay(server: Actor, uri: string, object: string): Document {
  return { id: uri, type: 'Follow', actor: server.uri, object }
}

/** Word to an actor-like relay that there is a post; it is asked for here. */
export function tellOfPost(server: AccountRow, status: Pick<StatusRow, 'uri' | 'created_at'>): Document {
  const followers = server.followers_url ?? `${server.uri}/followers`
  return {
    id: `${status.uri}#relayed`,
    type: 'Announce',
    actor: server.uri,
    published: isoTime(status.created_at),
    to: [followers],
    cc: [PUBLIC],
    object: status.uri,
  }
}

/** An account goes on as another; `at` (ms) tells moves apart. */
export function move(actor: Actor & { followers_url: string | null }, target: Actor, at: number): Document {
  const to = actor.followers_url ? [actor.followers_url] : []
  return {
    id: `${actor.uri}#moves/${at}`,
    type: 'Move',
    actor: actor.uri,
    to,
    object: actor.uri,
    target: target.uri,
  }
}
