# Die Wörter der App für Mitglieder.

## Places
home = Startseite
notifications = Mitteilungen
search = Suche
public-local = Dieser Server
public-all = Alle Server
public-remote = Andere Server
public-kinds = Welche Server
conversations = Private Nachrichten
bookmarks = Lesezeichen
favourites = Favoriten
lists = Listen
list = Liste
settings = Einstellungen
follow-requests = Folgeanfragen
blocks = Gesperrte Personen
mutes = Stummgeschaltete Personen
about = Über diesen Server
plain = Einfache Seiten
sign-out = Abmelden
skip = Zum Inhalt
main-navigation = Hauptnavigation
thread = Unterhaltung
unread = ungelesen

## Time
time-now = jetzt
time-minutes = { $n } Min.
time-hours = { $n } Std.
time-days = { $n } T.
time-in-minutes = in { $n } Min.
time-in-hours = in { $n } Std.
time-in-days = in { $n } T.
length-minutes = { $n ->
    [one] { $n } Minute
   *[other] { $n } Minuten
}
length-hours = { $n ->
    [one] { $n } Stunde
   *[other] { $n } Stunden
}
length-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}

## States
loading = Wird geladen
try-again = Noch einmal versuchen
load-more = Mehr zeigen
end = Hier hat es angefangen.
offline = Du bist offline. Was du siehst, kann alt sein.
offline-not-sent = Du bist offline, darum wurde das nicht gesendet.
stream-lost = Die Live-Verbindung ist abgerissen. Neue Beiträge kommen wieder, sobald sie steht.
page-missing = Diese Seite gibt es nicht.
nobody = Niemand namens { $who } wurde gefunden.
somebody = Jemand
done = Erledigt
show = Zeigen
hide = Verbergen
close = Schließen
cancel = Abbrechen
save = Speichern
copied = Kopiert.

## First steps
start-title = Willkommen, { $name }!
start-profile = Fülle dein Profil aus
start-follow = Finde Leute, denen du folgen magst
start-local = sieh nach, wer hier ist
start-hello = Sag Hallo

## Empty lists
public-empty = Noch nichts. Auf einem kleinen Server füllt sich das, wenn Mitglieder Leuten anderswo folgen.
bookmarks-empty = Noch keine Lesezeichen. Sie sind privat: niemand erfährt davon.
favourites-empty = Noch keine Favoriten.
lists-empty = Noch keine Listen. Eine Liste fasst einige der Leute zusammen, denen du folgst.
list-empty = Niemand auf dieser Liste hat bisher etwas geschrieben. Füge Leute hinzu, denen du folgst.
tag-empty = Unter diesem Hashtag ist hier nichts bekannt.
profile-empty = Keine Beiträge, die hier bekannt sind.
people-empty = Niemand, der hier bekannt ist.
notifications-empty = Alles ruhig.
conversations-empty = Keine privaten Nachrichten.
conversations-who = Nur die Erwähnten und wer deren Server betreibt, kann eine Nachricht lesen.
blocks-empty = Du sperrst niemanden.
mutes-empty = Du hast niemanden stummgeschaltet.
follow-requests-empty = Niemand wartet auf eine Antwort.
search-help = Namen, Wörter und #Hashtags; oder füge die Adresse eines Beitrags oder einer Person auf einem anderen Server ein.
search-hint = Suchen oder Adresse einfügen
search-empty = Hier wurde nichts gefunden.

## Posts
post = Beitrag
text = Text
boosted = hat geteilt
pinned = Angeheftet
continued = setzt die eigene Unterhaltung fort
replied-to = Antwort an { $who }
replied = eine Antwort
edited = bearbeitet
edited-at = Bearbeitet { $when }
deleted-by-author = Vom Verfasser gelöscht.
filtered-by = Verborgen durch deinen Filter „{ $name }“.
warning = Inhaltswarnung
sensitive = Heikle Medien
read-more = Weiterlesen
translate = Übersetzen
translated-by = Übersetzt von { $name }.
show-original = Original zeigen
from-app = mit { $name }
favourites-n = { $n ->
    [one] { $n } Favorit
   *[other] { $n } Favoriten
}
boosts-n = { $n ->
    [one] { $n }-mal geteilt
   *[other] { $n }-mal geteilt
}
new-posts = { $n ->
    [one] { $n } neuer Beitrag
   *[other] { $n } neue Beiträge
}
audience = Wer es sehen kann
audience-public = Öffentlich
audience-unlisted = Still öffentlich
audience-private = Folgende
audience-direct = Private Nachricht
audience-public-long = Alle können es sehen, hier und anderswo.
audience-unlisted-long = Alle können es sehen, aber es erscheint nicht in öffentlichen Zeitleisten, Hashtags und der Suche.
audience-private-long = Nur wer dir folgt und wen du erwähnst, kann es sehen.
audience-direct-long = Nur wen du erwähnst, kann es sehen.
audience-wider = Das sehen mehr Leute als den Beitrag, auf den du antwortest.

## Actions
reply = Antworten
reply-n = Antworten, { $n ->
    [one] { $n } Antwort
   *[other] { $n } Antworten
}
reblogged-off = Teilen
reblogged-on = Geteilt
favourited-off = Favorisieren
favourited-on = Favorisiert
bookmarked-off = Lesezeichen setzen
bookmarked-on = Lesezeichen gesetzt
more = Mehr
copy-link = Link kopieren
open-original = Originalseite öffnen
mark-list = { $who ->
    [boost] Wer geteilt hat
   *[favourite] Wer favorisiert hat
}
favourited_by = Favorisiert von
reblogged_by = Geteilt von
mute-thread = Unterhaltung stummschalten
unmute-thread = Unterhaltung wieder hören
pin = Ans Profil heften
unpin = Vom Profil lösen
edit = Bearbeiten
delete = Löschen
delete-sure = Diesen Beitrag löschen? Er wird überall zurückgenommen, soweit die anderen Server mitmachen.
redraft = Löschen und neu schreiben
redraft-sure = Diesen Beitrag löschen und seinen Text zum Neuschreiben öffnen? Favoriten, Teilungen und Antworten gehen verloren.
mention-them = { $who } erwähnen
mute-them = { $who } stummschalten
unmute-them = { $who } wieder hören
muted = Stummgeschaltet.
unmute = Wieder hören
block = Sperren
block-them = { $who } sperren
block-sure = { $who } sperren? Ihr seht einander dann nicht mehr.
blocked = Gesperrt.
unblock = Entsperren
report = Melden
report-them = { $who } melden
report-sure = Diesen Beitrag von { $who } denen melden, die diesen Server betreiben?
reported = Danke. Wer diesen Server betreibt, sieht es sich an.
reactions = Reaktionen

## Media
media-images = { $n ->
    [one] { $n } Bild
   *[other] { $n } Bilder
}
media-videos = { $n ->
    [one] { $n } Video
   *[other] { $n } Videos
}
media-sounds = { $n ->
    [one] { $n } Tonaufnahme
   *[other] { $n } Tonaufnahmen
}
media-files = { $n ->
    [one] { $n } Datei
   *[other] { $n } Dateien
}
media-alt-title = Beschreibung
media-listen = Ton
media-file = Datei auf { $host }
media-earlier = Nach vorn schieben
media-remove = { $name } entfernen
media-sending = Wird gesendet
media-slow = Der Server braucht zu lange für diese Datei.
media-describe = { $name } beschreiben
media-describe-hint = Beschreibe es für Leute, die es nicht sehen können
media-undescribed = { $n ->
    [one] Eine Datei hat keine Beschreibung.
   *[other] { $n } Dateien haben keine Beschreibung.
}
media-too-many = { $n ->
    [one] Ein Beitrag fasst höchstens eine Datei.
   *[other] Ein Beitrag fasst höchstens { $n } Dateien.
}
viewer = Bilder
viewer-original = Original öffnen

## Polls
poll = Umfrage
poll-vote = Abstimmen
poll-look = Ergebnis ansehen
poll-choose = Zurück zur Auswahl
poll-refresh = Aktualisieren
poll-people = { $n ->
    [one] { $n } Person
   *[other] { $n } Personen
}
poll-ended = beendet
poll-ends = endet
poll-mine = deine Wahl
poll-option = Möglichkeit { $n }
poll-length = Dauer
poll-multiple = Mehrere Antworten
poll-hide = Ergebnis bis zum Ende verbergen

## Threads
replies-known = { $n ->
    [0] Hier sind keine Antworten bekannt.
    [one] Hier ist eine Antwort bekannt.
   *[other] Hier sind { $n } Antworten bekannt.
}
replies-searching = { $n ->
    [one] Hier ist eine Antwort bekannt. Die anderen Server werden nach mehr gefragt …
   *[other] Hier sind { $n } Antworten bekannt. Die anderen Server werden nach mehr gefragt …
}
thread-continue = Unterhaltung weiterlesen

## Composer
compose = Schreiben
compose-hint = Was gibt es Neues?
suggestions = Vorschläge
warning-hint = Was man wissen sollte, bevor man hinsieht
language = Sprache
replying-to = Antwort an { $who }:
add-media = Bilder, Filme oder Ton hinzufügen
add-poll = Umfrage hinzufügen
add-warning = Inhaltswarnung hinzufügen
mark-sensitive = Medien als heikel kennzeichnen
later = Später veröffentlichen
now = Jetzt veröffentlichen
discard = Verwerfen
draft-discard-sure = Da ist noch etwas Unfertiges. Verwerfen?
letters-left = noch { $n }
publish = Veröffentlichen
published = Veröffentlicht.
changed = Geändert.
schedule = Planen
scheduled-note = Wird zu dieser Zeit veröffentlicht.

## People
follow = Folgen
follow-back = Zurückfolgen
following = Gefolgt
requested = Angefragt
follows-you = folgt dir
bot = automatisiert
group = Gruppe
locked = bestätigt Folgende
moved = Diese Person ist umgezogen zu
verified = bestätigt
edit-profile = Profil bearbeiten
notify-on = Beiträge melden
notify-off = Beiträge nicht mehr melden
boosts-on = Geteiltes zeigen
boosts-off = Geteiltes verbergen
remove-follower = Aus meinen Folgenden entfernen
profile-parts = Teile des Profils
tab-posts = Beiträge
tab-with_replies = Beiträge und Antworten
tab-media = Medien
posts-n = { $n ->
    [one] { $n } Beitrag
   *[other] { $n } Beiträge
}
following-many = gefolgt
followers-many = { $n ->
    [one] Folgende Person
   *[other] Folgende
}
followers-of = Wer { $who } folgt
following-of = Wem { $who } folgt
tag-follow = Hashtag folgen
tag-following = Hashtag gefolgt

## Lists
list-title = Name einer neuen Liste
list-add = Hinzufügen
list-delete-sure = Die Liste „{ $title }“ löschen?

## Notifications
notifications-kinds = Arten von Mitteilungen
notifications-all = Alle
notifications-mentions = Erwähnungen
notifications-seen = Schon gesehen
notice-favourite = { $who } { $others ->
    [0] hat deinen Beitrag favorisiert
    [one] und eine weitere Person haben deinen Beitrag favorisiert
   *[other] und { $others } weitere haben deinen Beitrag favorisiert
}
notice-reblog = { $who } { $others ->
    [0] hat deinen Beitrag geteilt
    [one] und eine weitere Person haben deinen Beitrag geteilt
   *[other] und { $others } weitere haben deinen Beitrag geteilt
}
notice-follow = { $who } { $others ->
    [0] folgt dir
    [one] und eine weitere Person folgen dir
   *[other] und { $others } weitere folgen dir
}
notice-follow_request = { $who } möchte dir folgen
notice-poll = Eine Umfrage, an der du beteiligt bist, ist zu Ende
notice-update = { $who } hat einen Beitrag bearbeitet, den du geteilt hast
notice-severed_relationships = Einige deiner Verbindungen wurden getrennt
notice-moderation_warning = Wer diesen Server betreibt, hat dir etwas zu sagen
notice-quoted_update = { $who } hat einen Beitrag bearbeitet, den du zitiert hast
notice-added_to_collection = { $who } hat dich in eine Sammlung aufgenommen
notice-collection_update = { $who } hat eine Sammlung geändert, in der du bist
request-authorize = Annehmen
request-reject = Ablehnen
request-authorize-done = Angenommen.
request-reject-done = Abgelehnt.
only-you = Nur du

## Quotes and staff
quote = Zitieren
quoting = Zitat von { $who }:
react = Reagieren
quoted-post = Zitierter Beitrag
quote-open = Den zitierten Beitrag öffnen
quote-another = zitiert einen weiteren Beitrag
quote-pending = Der zitierte Beitrag wartet auf die Zustimmung seines Verfassers.
quote-rejected = Der Verfasser hat diesem Zitat nicht zugestimmt.
quote-revoked = Der Verfasser hat die Zustimmung zu diesem Zitat zurückgezogen.
quote-deleted = Der zitierte Beitrag wurde gelöscht.
quote-unauthorized = Du darfst den zitierten Beitrag nicht sehen.
quote-blocked-account = Du sperrst den Verfasser des zitierten Beitrags.
quote-blocked-domain = Du sperrst den Server des zitierten Beitrags.
quote-muted-account = Du hast den Verfasser des zitierten Beitrags stummgeschaltet.
notice-admin-sign_up = { $who } hat sich angemeldet
notice-admin-report = { $who } hat jemanden gemeldet
quote-accepted = Der zitierte Beitrag kann nicht gezeigt werden.

## Offline and push
outbox-kept = Du bist offline. Es wird gesendet, sobald die Verbindung wieder steht.
outbox-full = Es wartet schon zu viel darauf, gesendet zu werden.
outbox-refused = { $n ->
    [one] Eines ging nicht: { $why }
   *[other] { $n } Dinge gingen nicht: { $why }
 }
outbox-sent = { $n ->
    [one] Was wartete, ist gesendet.
   *[other] Alle { $n } wartenden Dinge sind gesendet.
 }
outbox-waiting = { $n ->
    [one] Eines wartet darauf, gesendet zu werden.
   *[other] { $n } Dinge warten darauf, gesendet zu werden.
 }
update-ready = Eine neue Version ist da.
reload = Neu laden
mark-read = Als gelesen markieren
push-title = Auf diesem Gerät, wenn die App zu ist
push-denied = Dein Browser lässt diese Seite nichts melden. In seinen Einstellungen lässt sich das ändern.
push-begin = Erwähnungen melden
push-kinds = Melden:
push-mention = Erwähnungen
push-quote = Zitate
push-follow = neue Follower
push-follow_request = Follower-Anfragen
push-favourite = Favoriten
push-reblog = geteilte Beiträge
push-poll = beendete Umfragen
push-status = Beiträge von Leuten, deren Glocke an ist
push-end = Hier nichts mehr melden

## Explore, lists, requests
explore = Entdecken
explore-kinds = Was es zu entdecken gibt
explore-posts = Beiträge
explore-tags = Hashtags
explore-links = Links
explore-people = Leute
explore-directory = Verzeichnis
explore-empty = Noch sticht nichts heraus. Was viele teilen, favorisieren und beantworten, erscheint hier.
explore-uses = { $n } Mal von { $people } Leuten in dieser Woche
directory-empty = Noch will hier niemand von diesem Server gefunden werden.
suggestions-empty = Es gibt noch niemanden vorzuschlagen. Suche nach einem Namen, oder sieh, wer auf diesem Server schreibt.
suggested-featured = Ausgewählt von denen, die diesen Server betreiben
suggested-friends-of-friends = Leute, denen du folgst, folgen ihnen
suggested-most-followed = Viele hier folgen ihnen
suggestion-no = Kein Interesse
followed-tags = Gefolgte Hashtags
followed-tags-empty = Du folgst noch keinem Hashtag. Öffne einen und folge ihm: Seine Beiträge kommen in deine Startseite.
scheduled = Geplante Beiträge
scheduled-empty = Nichts wartet auf seine Zeit.
scheduled-cancel-sure = Diesen Beitrag löschen? Dann wird er nicht veröffentlicht.
scheduled-files = { $n ->
    [one] mit einer Datei
   *[other] mit { $n } Dateien
 }
drafts = Entwürfe deiner Apps
list-open = Öffnen
list-edit = Bearbeiten
list-delete = Liste löschen
list-replies = Antworten, die sie zeigt
list-replies-followed = An alle, denen ich folge
list-replies-list = An Leute auf der Liste
list-replies-none = Keine
list-exclusive = Ihre Leute aus der Startseite heraushalten
list-members = Leute auf der Liste
list-put = Hinzufügen
list-remove = Entfernen
list-find = Jemanden finden, dem du folgst
list-find-empty = Niemand, dem du folgst, heißt so.
list-members-empty = Noch ist niemand auf dieser Liste. Finde oben Leute, denen du folgst.
saved = Gespeichert.
requests = Anfragen
requests-empty = Niemand wartet.
requests-waiting = { $n ->
    [one] Eine Person möchte eingelassen werden
   *[other] { $n } Leute möchten eingelassen werden
 }
requests-accept = Einlassen
requests-dismiss = Abweisen
requests-accept-all = Alle einlassen
requests-dismiss-all = Alle abweisen
requests-accept-done = { $n ->
    [one] Eingelassen.
   *[other] Alle { $n } sind eingelassen.
 }
requests-dismiss-done = { $n ->
    [one] Abgewiesen.
   *[other] Alle { $n } sind abgewiesen.
 }
requests-count = { $n ->
    [one] Eine Nachricht.
   *[other] { $n } Nachrichten.
 }
policy-title = Wer mich erreichen darf
policy-for_not_following = Leute, denen ich nicht folge
policy-for_not_followers = Leute, die mir nicht folgen
policy-for_new_accounts = Konten, jünger als ein Monat
policy-for_private_mentions = Private Erwähnungen, um die ich nicht gebeten habe
policy-for_limited_accounts = Konten, die von der Moderation eingeschränkt sind
policy-accept = Melden
policy-filter = Hier warten lassen
policy-drop = Nicht beachten
gap-fill = Beiträge dazwischen zeigen
list-name = Name
more-places = Weitere Orte
## Delivery
delivery = Wo dieser Beitrag ist
delivery-none = Er ging an keine anderen Server: Niemand dort folgt dir oder ist darin erwähnt, oder er ist älter als 30 Tage.
delivery-reached = { $n ->
    [one] Ein Postfach eines anderen Servers hat ihn.
   *[other] { $n } Postfächer anderer Server haben ihn.
 }
delivery-waiting = { $n ->
    [one] Ein Server hat noch nicht geantwortet:
   *[other] { $n } Server haben noch nicht geantwortet:
 }
delivery-next = nächster Versuch
delivery-refused = { $n ->
    [one] Ein Server bekommt ihn nicht:
   *[other] { $n } Server bekommen ihn nicht:
 }
