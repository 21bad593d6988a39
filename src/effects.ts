import { oweFieldChecks } from '#accounts/verify-fields.ts'
import { dropRememberedRights } from '#auth/rights.ts'
import { tellPasswordChanged } from '#auth/send-letter.ts'
import { unfilterStatus } from '#filters/filter-statuses.ts'
import * as happenings from '#happenings.ts'
import { recountForAccount, recountForStatus } from '#hashtags/feature-tag.ts'
import type { Consequence } from '#platform/jobs/declare.ts'
import { when } from '#platform/jobs/declare.ts'
import { endQuotesOfBlocked } from '#statuses/end-quotes.ts'
import { dropApart, dropCollector } from './collections/drop-items.ts'
import { makeArchive } from './federation/archive/make-archive.ts'
import * as deliver from './federation/deliver/deliver.ts'
import { deliverFlag } from './federation/deliver/deliver-flag.ts'
import { deliverMove } from './federation/deliver/deliver-move.ts'
import * as pins from './federation/deliver/deliver-pins.ts'
import * as polls from './federation/deliver/deliver-poll.ts'
import * as quotes from './federation/deliver/deliver-quotes.ts'
import * as relays from './federation/deliver/deliver-relays.ts'
import { fillFollowed } from './federation/fetch/fetch-outbox.ts'
import { fetchParents } from './federation/fetch/fetch-parents.ts'
import { verifyQuote } from './federation/fetch/fetch-quote.ts'
import { fetchReplies } from './federation/fetch/fetch-replies.ts'
import { applyDomainPolicy } from './moderation/domain-policies.ts'
import * as forget from './notifications/forget.ts'
import * as notify from './notifications/notify.ts'
import * as notifyCollected from './notifications/notify-collected.ts'
import * as notifyPeople from './notifications/notify-people.ts'
import * as push from './notifications/push.ts'
import { acceptWaiting } from './relationships/accept-waiting.ts'
import { partWithDomain } from './relationships/block-domain.ts'
import { sendAfter } from './relationships/send-after.ts'
import * as index from './search/index-effects.ts'
import { findCard } from './statuses/find-card.ts'
import * as stream from './streaming/tell.ts'
import * as conversations from './timelines/file-conversation.ts'

/** What follows from what: everything that happens after someone posts, follows, edits or leaves, on one page. */
export const consequences: Consequence[] = [
  when(happenings.statusCreated, [
    recountForStatus,
    notify.notifyMentioned,
    notify.notifySubscribers,
    deliver.deliverCreate,
    relays.announceToRelays,
    fetchParents,
    conversations.fileConversation,
    findCard,
  ]),
  when(happenings.statusEdited, [
    recountForStatus,
    notify.notifyMentioned,
    notify.notifyBoosters,
    notify.notifyQuoters,
    deliver.deliverEdit,
    findCard,
  ]),
  when(happenings.statusDeleted, [
    recountForAccount,
    deliver.deliverDelete,
    conversations.unfileConversation,
  ]),
  when(happenings.quoteWanted, [quotes.deliverQuestion, verifyQuote]),
  when(happenings.quoteAnswered, [notify.notifyQuoted, quotes.deliverAnswer]),
  when(happenings.quotePolicyChanged, [quotes.deliverPolicy]),
  when(happenings.statusPinned, [pins.deliverPin]),
  when(happenings.statusUnpinned, [pins.deliverUnpin]),
  when(happenings.tagFeatured, [pins.deliverShownTag]),
  when(happenings.tagUnfeatured, [pins.deliverHiddenTag]),
  when(happenings.pollVoted, [polls.deliverVotes, polls.oweTallies]),
  when(happenings.pollEnded, [notify.notifyPollEnded, polls.settlePoll]),
  when(happenings.statusReblogged, [notify.notifyReblogged, deliver.deliverReblog]),
  when(happenings.reblogUndone, [deliver.deliverUndoReblog]),
  when(happenings.statusFavourited, [notify.notifyFavourited, deliver.deliverLike]),
  when(happenings.favouriteUndone, [deliver.deliverUndoLike]),

  when(happenings.followRequested, [notifyPeople.notifyFollowRequested, deliver.deliverFollow, fillFollowed]),
  when(happenings.followed, [notifyPeople.notifyFollowed, deliver.deliverAccept]),
  when(happenings.followAccepted, [notifyPeople.notifyFollowed, deliver.deliverAccept]),
  when(happenings.followRejected, [deliver.deliverReject]),
  when(happenings.unfollowed, [deliver.deliverUnfollow]),
  when(happenings.blocked, [deliver.deliverBlock, endQuotesOfBlocked]),
  when(happenings.unblocked, [deliver.deliverUnblock]),
  when(happenings.domainBlocked, [partWithDomain]),
  when(happenings.domainPolicySet, [applyDomainPolicy]),
  when(happenings.relationshipsSevered, [notifyPeople.notifySevered]),

  when(happenings.relayWanted, [relays.deliverRelayFollow]),
  when(happenings.relayLeft, [relays.deliverRelayUndo]),

  when(happenings.archiveWanted, [makeArchive]),
  when(happenings.warned, [notifyPeople.notifyWarned]),
  when(happenings.reported, [notifyPeople.notifyReported, deliverFlag]),

  when(happenings.addedToCollection, [notifyCollected.notifyCollected]),
  when(happenings.collectionUpdated, [notifyCollected.notifyCollectionUpdated]),
  when(happenings.blocked, [dropApart]),
  when(happenings.accountDeleted, [dropCollector]),

  when(happenings.accountUpdated, [oweFieldChecks, deliver.deliverProfile]),
  when(happenings.accountMoved, [deliverMove, sendAfter]),
  when(happenings.accountUnlocked, [acceptWaiting]),
  when(happenings.accountDeleted, [deliver.deliverAccountDelete]),
  when(happenings.rightsChanged, [dropRememberedRights]),
  when(happenings.signedUp, [notifyPeople.notifySignedUp]),
  when(happenings.passwordChanged, [tellPasswordChanged]),

  // What those who watch at this moment are shown.
  when(happenings.statusCreated, [stream.streamStatus]),
  when(happenings.statusEdited, [stream.streamEdit]),
  when(happenings.statusDeleted, [stream.streamDelete]),
  when(happenings.quoteAnswered, [stream.streamAnswer]),
  when(happenings.quotePolicyChanged, [stream.streamEdit]),
  when(happenings.statusReblogged, [stream.streamReblog]),
  when(happenings.reblogUndone, [stream.streamUnreblog]),
  when(happenings.conversationChanged, [stream.streamConversation]),
  when(happenings.notified, [stream.streamNotification]),
  when(happenings.notificationsMerged, [stream.streamMerged]),
  when(happenings.filtersChanged, [stream.streamFilters]),

  // Search: only a note in the same transaction; the work thread indexes in batches.
  when(happenings.statusCreated, [index.indexStatus]),
  when(happenings.statusEdited, [index.indexStatus]),
  when(happenings.statusDeleted, [index.unindexStatus]),
  when(happenings.statusReblogged, [index.indexMarked]),
  when(happenings.statusFavourited, [index.indexMarked]),
  when(happenings.statusBookmarked, [index.indexMarked]),
  when(happenings.pollVoted, [index.indexMarked]),
  when(happenings.accountUpdated, [index.indexAccount]),
  when(happenings.accountDeleted, [index.unindexAccount]),
  when(happenings.signedUp, [index.indexAccount]),

  // What is undone is told no more.
  when(happenings.favouriteUndone, [forget.forgetFavourite]),
  when(happenings.reblogUndone, [forget.forgetReblog]),
  when(happenings.unfollowed, [forget.forgetFollow]),
  when(happenings.followRejected, [forget.forgetFollow]),
  when(happenings.followAccepted, [forget.forgetFollowRequest]),
  when(happenings.blocked, [forget.forgetBlocked]),
  when(happenings.domainBlocked, [forget.forgetHost]),
  when(happenings.statusDeleted, [forget.recountRequests, unfilterStatus]),
  when(happenings.accountDeleted, [forget.forgetAccount]),
  when(happenings.leftCollection, [notifyCollected.forgetCollected]),

  // What those who are away hear of.
  when(happenings.notified, [push.pushNotified]),
  when(happenings.rightsChanged, [push.dropEndedPush]),

  // What readers want to be complete.
  when(happenings.threadWanted, [fetchReplies]),

  when(happenings.announcementPublished, [stream.streamAnnouncement]),
  when(happenings.announcementRemoved, [stream.streamAnnouncementGone]),
  when(happenings.announcementReacted, [stream.streamReaction]),
]
