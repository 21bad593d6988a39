import { z } from 'zod'
import { event } from '#platform/jobs/declare.ts'

/** Where a thing began. What began elsewhere is never sent out again. */
export const Origin = z.enum(['here', 'elsewhere'])
const Id = z.number().int()

// --- statuses ---
export const statusCreated = event(
  'status created',
  z.object({
    statusId: Id,
    origin: Origin,
    /** Who wrote it, where that may be told to those who asked to hear of it. */
    authorId: Id.nullish(),
    /** Whether anybody is mentioned. */
    mentions: z.boolean().optional(),
    /** Whether its text links to anything but people and hashtags. */
    mayLink: z.boolean().optional(),
    /** Whether it is for those it mentions alone. */
    isDirect: z.boolean().optional(),
    /** Whether it answers something unknown here. */
    isOrphan: z.boolean().optional(),
    /** Whether it is history that was asked for: nobody is told of it. */
    quiet: z.boolean().optional(),
  }),
)
export const statusEdited = event('status edited', z.object({ statusId: Id, origin: Origin }))
/** The row is already gone: everything needed afterwards travels along. */
export const statusDeleted = event(
  'status deleted',
  z.object({
    statusId: Id,
    accountId: Id,
    uri: z.string(),
    visibility: z.string(),
    /** Never left the server, so nobody elsewhere hears of its end. */
    localOnly: z.boolean(),
    /** Accounts that were mentioned, replied to, or had boosted: they are told. */
    audience: z.array(Id),
    origin: Origin,
  }),
)
const Quoted = z.object({ quoteId: Id, statusId: Id, origin: Origin })
/** Somebody has to say whether a status may quote what it quotes: `here` they are to be asked, `elsewhere` it is to be read. */
export const quoteWanted = event(
  'quote wanted',
  /** `refreshId`: what somebody who has it before them may ask about. */
  Quoted.extend({ refreshId: Id.optional() }),
)
/** Whether a status may quote what it quotes was settled, anew unless the status is; `origin` is where that was said. */
export const quoteAnswered = event(
  'quote answered',
  Quoted.extend({ state: z.string(), isNew: z.boolean().optional() }),
)
/** A member changed who may quote a post of theirs, at the time `at`. */
export const quotePolicyChanged = event(
  'quote policy changed',
  z.object({ statusId: Id, at: z.number(), origin: Origin }),
)
const Pinned = z.object({ statusId: Id, accountId: Id, origin: Origin })
/** An author put a status at the top of their profile, or took it off. */
export const statusPinned = event('status pinned', Pinned)
export const statusUnpinned = event('status unpinned', Pinned)
const ShownTag = z.object({ accountId: Id, tag: z.string(), name: z.string() })
/** A member shows a hashtag on their profile, or no longer does: its normal form, and how they write it. */
export const tagFeatured = event('tag featured', ShownTag)
export const tagUnfeatured = event('tag unfeatured', ShownTag)
/** Somebody took part in a poll; the vote rows are those of this time. */
export const pollVoted = event(
  'poll voted',
  z.object({ pollId: Id, statusId: Id, accountId: Id, voteIds: z.array(Id), origin: Origin }),
)
/** The time of a poll is up; `accountId` is who asked, `origin` where. */
export const pollEnded = event(
  'poll ended',
  z.object({ pollId: Id, statusId: Id, accountId: Id, origin: Origin }),
)
export const statusReblogged = event(
  'status reblogged',
  z.object({ reblogId: Id, statusId: Id, accountId: Id, origin: Origin }),
)
export const reblogUndone = event(
  'reblog undone',
  z.object({ statusId: Id, accountId: Id, uri: z.string(), reblogId: Id, origin: Origin }),
)
export const statusFavourited = event(
  'status favourited',
  z.object({ favouriteId: Id, statusId: Id, accountId: Id, origin: Origin }),
)
export const favouriteUndone = event(
  'favourite undone',
  z.object({ statusId: Id, accountId: Id, uri: z.string(), origin: Origin }),
)

/** A private mark: nobody but its owner hears of it. */
export const statusBookmarked = event(
  'status bookmarked',
  z.object({ statusId: Id, accountId: Id, origin: Origin }),
)

/** A direct conversation of a member has a new last status. */
export const conversationChanged = event(
  'conversation changed',
  z.object({ conversationId: Id, accountId: Id }),
)

// --- relationships ---
const Relation = z.object({ accountId: Id, targetId: Id, uri: z.string(), origin: Origin })
/** A follow that waits for the target's answer; `origin` is where the follower is. */
export const followRequested = event('follow requested', Relation)
/** A follow that stands. `answered` tells whether a request was accepted by hand. */
export const followed = event('followed', Relation)
/** `origin` is where the one who accepted is. */
export const followAccepted = event('follow accepted', Relation)
export const followRejected = event('follow rejected', Relation)
export const unfollowed = event('unfollowed', Relation)
export const blocked = event('blocked', Relation)
export const unblocked = event('unblocked', Relation)

/** A member wants nothing of a host any more. */
export const domainBlocked = event(
  'domain blocked',
  z.object({ accountId: Id, domain: z.string(), severanceId: Id }),
)
/** Follows of a member were cut at once, not one by one; the record tells how many. */
export const relationshipsSevered = event(
  'relationships severed',
  z.object({ accountId: Id, accountSeveranceId: Id }),
)

/** Somebody of ours told the staff about an account; `tell` are accounts elsewhere whose servers are to hear of it. */
export const reported = event('reported', z.object({ reportId: Id, tell: z.array(Id) }))

/** The staff did something about an account of ours, or said something to its owner. */
export const warned = event('warned', z.object({ warningId: Id, accountId: Id }))

/** A member wants to take along what they wrote. */
export const archiveWanted = event('archive wanted', z.object({ archiveId: Id }))

// --- other servers ---
/** It was decided about a server, or a decision was taken back; marks it left bear the time `markedAt`. */
export const domainPolicySet = event('domain policy set', z.object({ domain: z.string(), markedAt: Id }))

// --- collections ---
/** An account (`targetId`) was put into a collection of `accountId`. */
export const addedToCollection = event(
  'added to collection',
  z.object({ collectionId: Id, accountId: Id, targetId: Id }),
)
/** The name, words or topic of a collection became others. */
export const collectionUpdated = event('collection updated', z.object({ collectionId: Id }))
/** Accounts are not in a collection any more, or the collection is gone. */
export const leftCollection = event(
  'left collection',
  z.object({ collectionId: Id, accountId: Id, targetIds: z.array(Id) }),
)

// --- people ---
export const accountUpdated = event('account updated', z.object({ accountId: Id, origin: Origin }))
/** An account is another one from now on; `origin` is where the old one is. */
export const accountMoved = event('account moved', z.object({ accountId: Id, targetId: Id, origin: Origin }))
/** A member lets everybody follow from now on who asks. */
export const accountUnlocked = event('account unlocked', z.object({ accountId: Id }))
export const accountDeleted = event(
  'account deleted',
  z.object({ accountId: Id, uri: z.string(), origin: Origin }),
)
/** A member's password is another one: whoever knew the old one is out. */
export const passwordChanged = event('password changed', z.object({ userId: Id }))
/** Somebody has an account from now on, or waits for the staff. */
export const signedUp = event('signed up', z.object({ userId: Id, accountId: Id, approved: z.boolean() }))
/** Tokens, sessions, roles or states of a person changed: what was remembered about them is dropped. */
export const rightsChanged = event('rights changed', z.object({ userId: Id }))

// --- notifications ---
/** A notification was written; `filtered` ones wait in a request and interrupt nobody. */
export const notified = event(
  'notified',
  z.object({ notificationId: Id, accountId: Id, filtered: z.boolean() }),
)
/** What a member let in of what had been held back is in its place: lists read before are out of date. */
export const notificationsMerged = event('notifications merged', z.object({ accountId: Id }))

// --- what readers want ---
/** Somebody reads a thread from elsewhere that may have grown since; `refreshId` is what they may ask about. */
export const threadWanted = event('thread wanted', z.object({ refreshId: Id, statusId: Id, uri: z.string() }))

// --- what readers do not want ---
/** A member's filters are other ones than before. */
export const filtersChanged = event('filters changed', z.object({ accountId: Id }))

// --- relays ---
/** The keeper wants what a relay passes on. */
export const relayWanted = event('relay wanted', z.object({ relayId: Id }))
/** A relay was left; its row may be gone. */
export const relayLeft = event(
  'relay left',
  z.object({
    domainId: Id,
    inboxUrl: z.string(),
    actorUri: z.string().nullable(),
    kind: z.enum(['mastodon', 'litepub']),
    followUri: z.string(),
  }),
)

// --- announcements ---
const Announced = z.object({ announcementId: Id, domainId: Id })
export const announcementPublished = event('announcement published', Announced)
/** Deleted, or taken back. */
export const announcementRemoved = event('announcement removed', Announced)
export const announcementReacted = event('announcement reacted', Announced.extend({ name: z.string() }))
