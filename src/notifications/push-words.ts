import { spokenLanguage } from '#platform/text/spoken-language.ts'
import type { NotificationType } from './kinds.ts'

type Sentences = Partial<Record<NotificationType, (name: string) => string>>

/** What a device says of a notification, in the languages the server speaks besides English. */
const sentences: Record<string, Sentences> = {
  de: {
    mention: (name) => `${name} hat dich erwähnt`,
    status: (name) => `${name} hat etwas geschrieben`,
    reblog: (name) => `${name} hat deinen Beitrag geteilt`,
    follow: (name) => `${name} folgt dir`,
    follow_request: (name) => `${name} möchte dir folgen`,
    favourite: (name) => `${name} hat deinen Beitrag favorisiert`,
    poll: (name) => `Eine Umfrage von ${name} ist beendet`,
    update: (name) => `${name} hat einen Beitrag geändert`,
    quote: (name) => `${name} hat deinen Beitrag zitiert`,
    quoted_update: (name) => `${name} hat einen Beitrag geändert, den du zitiert hast`,
    severed_relationships: () => 'Einige deiner Follows wurden getrennt',
    moderation_warning: () => 'Die Moderation hat dir etwas zu sagen',
    'admin.sign_up': (name) => `${name} hat sich angemeldet`,
    'admin.report': (name) => `${name} hat etwas gemeldet`,
    added_to_collection: (name) => `${name} hat dich in eine Sammlung aufgenommen`,
    collection_update: (name) => `${name} hat eine Sammlung geändert, in der du bist`,
  },
  ar: {
    mention: (name) => `أشار إليك ${name}`,
    status: (name) => `نشر ${name} للتو`,
    reblog: (name) => `أعاد ${name} نشر منشورك`,
    follow: (name) => `تابعك ${name}`,
    follow_request: (name) => `يطلب ${name} متابعتك`,
    favourite: (name) => `أُعجب ${name} بمنشورك`,
    poll: (name) => `انتهى استطلاع لـ${name}`,
    update: (name) => `عدّل ${name} منشورًا`,
    quote: (name) => `اقتبس ${name} منشورك`,
    quoted_update: (name) => `عدّل ${name} منشورًا اقتبسته`,
    severed_relationships: () => 'قُطعت بعض متابعاتك',
    moderation_warning: () => 'لدى المشرفين كلمة لك',
    'admin.sign_up': (name) => `سجّل ${name}`,
    'admin.report': (name) => `أبلغ ${name} عن شيء`,
    added_to_collection: (name) => `أضافك ${name} إلى مجموعة`,
    collection_update: (name) => `غيّر ${name} مجموعة أنت فيها`,
  },
}

/** The languages in which is pushed. */
export const pushLanguages = ['en', ...Object.keys(sentences)]

/** The sentence in the member's language, or undefined where it is said in English. */
export function pushSentence(
  locale: string | null,
  type: NotificationType,
  name: string,
): string | undefined {
  return sentences[spokenLanguage(pushLanguages, locale)]?.[type]?.(name)
}
