# Words of the member app.

## Places
home = Home
notifications = Notifications
search = Search
public-local = This server
public-all = All servers
public-remote = Other servers
public-kinds = Which servers
conversations = Private messages
bookmarks = Bookmarks
favourites = Favourites
lists = Lists
list = List
settings = Settings
follow-requests = Follow requests
blocks = Blocked people
mutes = Muted people
about = About this server
plain = Plain pages
sign-out = Sign out
skip = Skip to content
main-navigation = Main
thread = Thread
unread = unread

## Time
time-now = now
time-minutes = { $n } min
time-hours = { $n } h
time-days = { $n } d
time-in-minutes = in { $n } min
time-in-hours = in { $n } h
time-in-days = in { $n } d
length-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
length-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
length-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}

## States
loading = Loading
try-again = Try again
load-more = Show more
end = You have reached the beginning.
offline = You are offline. What you see may be old.
offline-not-sent = You are offline, so this was not sent.
stream-lost = The live connection was lost. New posts come again as soon as it stands.
page-missing = There is no such page.
nobody = Nobody called { $who } was found.
somebody = Somebody
done = Done
show = Show
hide = Hide
close = Close
cancel = Cancel
save = Save
copied = Copied.

## First steps
start-title = Welcome, { $name }!
start-profile = Fill in your profile
start-follow = Find people to follow
start-local = see who is here
start-hello = Say hello

## Empty lists
public-empty = Nothing here yet. On a small server this fills as its members follow people elsewhere.
bookmarks-empty = Nothing is bookmarked. Bookmarks are private: nobody is told.
favourites-empty = No favourites yet.
lists-empty = No lists yet. A list gathers some of the people you follow.
list-empty = Nobody on this list has posted yet. Add people you follow.
tag-empty = Nothing known here under this tag.
profile-empty = No posts that are known here.
people-empty = Nobody that is known here.
notifications-empty = All quiet.
conversations-empty = No private messages.
conversations-who = Only the people mentioned in a message, and those who run their servers, can read it.
blocks-empty = You block nobody.
mutes-empty = You mute nobody.
follow-requests-empty = Nobody waits for an answer.
search-help = Names, words and #tags; or paste the address of a post or a person on another server.
search-hint = Search, or paste an address
search-empty = Nothing was found here.

## Posts
post = Post
text = text
boosted = boosted
pinned = Pinned
continued = continues their thread
replied-to = in reply to { $who }
replied = a reply
edited = edited
edited-at = Edited { $when }
deleted-by-author = Deleted by its author.
filtered-by = Hidden by your filter “{ $name }”.
warning = Content warning
sensitive = Sensitive media
read-more = Read more
translate = Translate
translated-by = Translated by { $name }.
show-original = Show the original
from-app = from { $name }
favourites-n = { $n ->
    [one] { $n } favourite
   *[other] { $n } favourites
}
boosts-n = { $n ->
    [one] { $n } boost
   *[other] { $n } boosts
}
new-posts = { $n ->
    [one] { $n } new post
   *[other] { $n } new posts
}
audience = Who can see it
audience-public = Public
audience-unlisted = Quiet public
audience-private = Followers
audience-direct = Private message
audience-public-long = Anyone can see it, here and elsewhere.
audience-unlisted-long = Anyone can see it, but it is kept out of public timelines, tags and search.
audience-private-long = Only your followers and people you mention can see it.
audience-direct-long = Only the people you mention can see it.
audience-wider = More people will see this than the post it answers.

## Actions
reply = Reply
reply-n = Reply, { $n ->
    [one] { $n } reply
   *[other] { $n } replies
}
reblogged-off = Boost
reblogged-on = Boosted
favourited-off = Favourite
favourited-on = Favourited
bookmarked-off = Bookmark
bookmarked-on = Bookmarked
more = More
copy-link = Copy link
open-original = Open original page
mark-list = { $who ->
    [boost] Who boosted it
   *[favourite] Who favourited it
}
favourited_by = Favourited by
reblogged_by = Boosted by
mute-thread = Mute this thread
unmute-thread = Unmute this thread
pin = Pin to profile
unpin = Unpin from profile
edit = Edit
delete = Delete
delete-sure = Delete this post? It is taken back everywhere it went, as far as the other servers play along.
redraft = Delete and write anew
redraft-sure = Delete this post and open its words to write it anew? Favourites, boosts and replies to it are lost.
mention-them = Mention { $who }
mute-them = Mute { $who }
unmute-them = Unmute { $who }
muted = Muted.
unmute = Unmute
block = Block
block-them = Block { $who }
block-sure = Block { $who }? You will not see each other any more.
blocked = Blocked.
unblock = Unblock
report = Report
report-them = Report { $who }
report-sure = Report this post of { $who } to the people who run this server?
reported = Thank you. The people who run this server will look at it.

reactions = Reactions

## Media
media-images = { $n ->
    [one] { $n } picture
   *[other] { $n } pictures
}
media-videos = { $n ->
    [one] { $n } video
   *[other] { $n } videos
}
media-sounds = { $n ->
    [one] { $n } sound
   *[other] { $n } sounds
}
media-files = { $n ->
    [one] { $n } file
   *[other] { $n } files
}
media-alt-title = Description
media-listen = Sound
media-file = File on { $host }
media-earlier = Move towards the start
media-remove = Remove { $name }
media-sending = Sending
media-slow = The server needs too long for this file.
media-describe = Describe { $name }
media-describe-hint = Describe it for people who cannot see it
media-undescribed = { $n ->
    [one] One file has no description.
   *[other] { $n } files have no description.
}
media-too-many = { $n ->
    [one] A post holds one file at most.
   *[other] A post holds { $n } files at most.
}
viewer = Pictures
viewer-original = Open the original

## Polls
poll = Poll
poll-vote = Vote
poll-look = See results
poll-choose = Back to the choices
poll-refresh = Refresh
poll-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
poll-ended = ended
poll-ends = ends
poll-mine = your choice
poll-option = Choice { $n }
poll-length = Lasts
poll-multiple = Several choices
poll-hide = Hide results until the end

## Threads
replies-known = { $n ->
    [0] No replies are known here.
    [one] One reply is known here.
   *[other] { $n } replies are known here.
}
replies-searching = { $n ->
    [one] One reply is known here. Asking the other servers for more …
   *[other] { $n } replies are known here. Asking the other servers for more …
}
thread-continue = Continue this thread

## Composer
compose = Write
compose-hint = What happened?
suggestions = Suggestions
warning-hint = What readers should know before they look
language = Language
replying-to = Replying to { $who }:
add-media = Add pictures, films or sounds
add-poll = Add a poll
add-warning = Add a content warning
mark-sensitive = Mark media as sensitive
later = Publish later
now = Publish now
discard = Discard
draft-discard-sure = You have something unfinished. Discard it?
letters-left = { $n } left
publish = Publish
published = Published.
changed = Changed.
schedule = Schedule
scheduled-note = It will be published at that time.

## People
follow = Follow
follow-back = Follow back
following = Following
requested = Requested
follows-you = follows you
bot = automated
group = group
locked = approves followers
moved = This person has moved to
verified = verified
edit-profile = Edit profile
notify-on = Tell me about their posts
notify-off = Stop telling me about their posts
boosts-on = Show their boosts
boosts-off = Hide their boosts
remove-follower = Remove from my followers
profile-parts = Parts of the profile
tab-posts = Posts
tab-with_replies = Posts and replies
tab-media = Media
posts-n = { $n ->
    [one] { $n } post
   *[other] { $n } posts
}
following-many = following
followers-many = { $n ->
    [one] follower
   *[other] followers
}
followers-of = Followers of { $who }
following-of = { $who } follows
tag-follow = Follow tag
tag-following = Following tag

## Lists
list-title = Name of a new list
list-add = Add
list-delete-sure = Delete the list “{ $title }”?

## Notifications
notifications-kinds = Kinds of notifications
notifications-all = All
notifications-mentions = Mentions
notifications-seen = Seen before
notice-favourite = { $who } { $others ->
    [0] favourited your post
    [one] and one other favourited your post
   *[other] and { $others } others favourited your post
}
notice-reblog = { $who } { $others ->
    [0] boosted your post
    [one] and one other boosted your post
   *[other] and { $others } others boosted your post
}
notice-follow = { $who } { $others ->
    [0] follows you
    [one] and one other follow you
   *[other] and { $others } others follow you
}
notice-follow_request = { $who } wants to follow you
notice-poll = A poll you voted in or made has ended
notice-update = { $who } edited a post you boosted
notice-severed_relationships = Some of your follows were cut
notice-moderation_warning = The people who run this server have a word for you
notice-quoted_update = { $who } edited a post you quoted
notice-added_to_collection = { $who } put you into a collection
notice-collection_update = { $who } changed a collection you are in
request-authorize = Accept
request-reject = Refuse
request-authorize-done = Accepted.
request-reject-done = Refused.
only-you = Only you

## Quotes and staff
quote = Quote
quoting = Quoting { $who }:
react = React
quoted-post = Quoted post
quote-open = Open the quoted post
quote-another = quotes another post
quote-pending = The quoted post waits for its author’s consent.
quote-rejected = Its author did not consent to this quote.
quote-revoked = Its author took the consent to this quote back.
quote-deleted = The quoted post was deleted.
quote-unauthorized = You may not see the quoted post.
quote-blocked-account = You block the author of the quoted post.
quote-blocked-domain = You block the server of the quoted post.
quote-muted-account = You mute the author of the quoted post.
notice-admin-sign_up = { $who } signed up
notice-admin-report = { $who } reported somebody
quote-accepted = The quoted post cannot be shown.

## Offline and push
outbox-kept = You are offline. It is sent as soon as the line is back.
outbox-full = Too much waits to be sent already.
outbox-refused = { $n ->
    [one] One thing could not be done: { $why }
   *[other] { $n } things could not be done: { $why }
 }
outbox-sent = { $n ->
    [one] What waited was sent.
   *[other] All { $n } things that waited were sent.
 }
outbox-waiting = { $n ->
    [one] One thing waits to be sent.
   *[other] { $n } things wait to be sent.
 }
update-ready = A new version is ready.
reload = Reload
mark-read = Mark as read
push-title = On this device, while the app is closed
push-denied = Your browser keeps this site from telling you anything. Its settings can change that.
push-begin = Tell me about mentions
push-kinds = Tell me of
push-mention = mentions
push-quote = quotes
push-follow = new followers
push-follow_request = requests to follow me
push-favourite = favourites
push-reblog = boosts
push-poll = polls that have ended
push-status = posts of people whose bell is on
push-end = Tell me nothing here any more

## Explore, lists, requests
explore = Explore
explore-kinds = What to explore
explore-posts = Posts
explore-tags = Hashtags
explore-links = Links
explore-people = People
explore-directory = Directory
explore-empty = Nothing stands out yet. What many share, favourite and answer appears here.
explore-uses = { $n } uses by { $people } people this week
directory-empty = Nobody of this server wants to be found here yet.
suggestions-empty = There is nobody to suggest yet. Search for a name, or look who posts on this server.
suggested-featured = Chosen by the people who run this server
suggested-friends-of-friends = Followed by people you follow
suggested-most-followed = Followed by many here
suggestion-no = Not interested
followed-tags = Followed hashtags
followed-tags-empty = You follow no hashtags yet. Open one and follow it: its posts come into your home.
scheduled = Scheduled posts
scheduled-empty = Nothing waits to be published.
scheduled-cancel-sure = Delete this post? It is not published then.
scheduled-files = { $n ->
    [one] with one file
   *[other] with { $n } files
 }
drafts = Drafts of your apps
list-open = Open
list-edit = Edit
list-delete = Delete the list
list-replies = Answers it shows
list-replies-followed = To anybody I follow
list-replies-list = To people on the list
list-replies-none = None
list-exclusive = Leave its people out of home
list-members = People on the list
list-put = Add
list-remove = Remove
list-find = Find somebody you follow
list-find-empty = Nobody you follow is called that.
list-members-empty = Nobody is on this list yet. Find people you follow above.
saved = Saved.
requests = Requests
requests-empty = Nobody waits.
requests-waiting = { $n ->
    [one] One person waits to be let in
   *[other] { $n } people wait to be let in
 }
requests-accept = Let in
requests-dismiss = Dismiss
requests-accept-all = Let all in
requests-dismiss-all = Dismiss all
requests-accept-done = { $n ->
    [one] They are let in.
   *[other] All { $n } are let in.
 }
requests-dismiss-done = { $n ->
    [one] Dismissed.
   *[other] All { $n } are dismissed.
 }
requests-count = { $n ->
    [one] One message.
   *[other] { $n } messages.
 }
policy-title = Who may reach me
policy-for_not_following = People I do not follow
policy-for_not_followers = People who do not follow me
policy-for_new_accounts = Accounts younger than a month
policy-for_private_mentions = Private mentions that I did not ask for
policy-for_limited_accounts = Accounts limited by the moderators
policy-accept = Tell me
policy-filter = Let them wait here
policy-drop = Ignore them
gap-fill = Show the posts in between
list-name = Name
more-places = More places
## Delivery
delivery = Where this post is
delivery-none = It was not sent to other servers: nobody there follows you or is mentioned in it, or it is older than 30 days.
delivery-reached = { $n ->
    [one] One inbox of another server has it.
   *[other] { $n } inboxes of other servers have it.
 }
delivery-waiting = { $n ->
    [one] One server did not answer yet:
   *[other] { $n } servers did not answer yet:
 }
delivery-next = tried again
delivery-refused = { $n ->
    [one] One server will not get it:
   *[other] { $n } servers will not get it:
 }
