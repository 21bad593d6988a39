import { escapeHtml } from '#platform/html.ts'
import { spokenLanguage } from '#platform/text/spoken-language.ts'

/** What may be mailed to a member. */
export const letterKinds = [
  'confirm',
  'reset',
  'password-changed',
  'new-address',
  'address-changing',
  'approved',
] as const
export type LetterKind = (typeof letterKinds)[number]

type Named = { site: string; handle: string }
type Words = { subject: string; lines: string[]; button: string }
type Letters = Record<LetterKind, (named: Named) => Words> & { footer: (named: Named) => string }

const en: Letters = {
  confirm: ({ site, handle }) => ({
    subject: `Confirm your mail address for ${site}`,
    lines: [
      `Welcome! Your account ${handle} is made. Confirm that this address is yours, and it opens.`,
      'The link works for seven days. If it was not you who signed up, do nothing: the account goes away by itself.',
    ],
    button: 'Confirm the address',
  }),
  reset: ({ handle }) => ({
    subject: 'Choose a new password',
    lines: [
      `Somebody, hopefully you, asked for a new password for ${handle}.`,
      'The link works once, within six hours. If it was not you, do nothing: your password stays as it is.',
    ],
    button: 'Choose a password',
  }),
  'password-changed': ({ handle }) => ({
    subject: 'Your password was changed',
    lines: [
      `The password of ${handle} was changed just now, and every device was signed out.`,
      'If it was not you, choose a new one at once with the link below, and tell the people who run the server.',
    ],
    button: 'It was not me',
  }),
  'new-address': ({ handle }) => ({
    subject: 'Confirm your new mail address',
    lines: [
      `This address is to be the one of ${handle}. Confirm that it is yours.`,
      'The link works for seven days. If you know nothing of this, do nothing.',
    ],
    button: 'Confirm the address',
  }),
  'address-changing': ({ handle }) => ({
    subject: 'Your mail address is being changed',
    lines: [
      `Somebody who knows the password of ${handle} asked for mail to go to another address from now on.`,
      'If it was not you, choose a new password at once with the link below, and tell the people who run the server.',
    ],
    button: 'It was not me',
  }),
  approved: ({ site, handle }) => ({
    subject: `You are in: welcome to ${site}`,
    lines: [`Your request was approved. Sign in as ${handle} here, or in any app for Mastodon.`],
    button: 'Sign in',
  }),
  footer: ({ site, handle }) => `Sent by ${site} because of your account ${handle}.`,
}

const de: Letters = {
  confirm: ({ site, handle }) => ({
    subject: `Bestätige deine Mailadresse für ${site}`,
    lines: [
      `Willkommen! Dein Konto ${handle} ist angelegt. Bestätige, dass diese Adresse dir gehört, dann ist es offen.`,
      'Der Link gilt sieben Tage. Hast du dich nicht angemeldet, tu nichts: Das Konto verschwindet von selbst.',
    ],
    button: 'Adresse bestätigen',
  }),
  reset: ({ handle }) => ({
    subject: 'Wähle ein neues Passwort',
    lines: [
      `Jemand, hoffentlich du, hat für ${handle} um ein neues Passwort gebeten.`,
      'Der Link gilt einmal, sechs Stunden lang. Warst du es nicht, tu nichts: Dein Passwort bleibt, wie es ist.',
    ],
    button: 'Passwort wählen',
  }),
  'password-changed': ({ handle }) => ({
    subject: 'Dein Passwort wurde geändert',
    lines: [
      `Das Passwort von ${handle} wurde gerade geändert, alle Geräte wurden abgemeldet.`,
      'Warst du es nicht, wähle sofort ein neues mit dem Link unten und sag es denen, die den Server betreiben.',
    ],
    button: 'Das war ich nicht',
  }),
  'new-address': ({ handle }) => ({
    subject: 'Bestätige deine neue Mailadresse',
    lines: [
      `Diese Adresse soll die von ${handle} werden. Bestätige, dass sie dir gehört.`,
      'Der Link gilt sieben Tage. Weißt du nichts davon, tu nichts.',
    ],
    button: 'Adresse bestätigen',
  }),
  'address-changing': ({ handle }) => ({
    subject: 'Deine Mailadresse wird geändert',
    lines: [
      `Jemand, der das Passwort von ${handle} kennt, möchte Mails künftig an eine andere Adresse bekommen.`,
      'Warst du es nicht, wähle sofort ein neues Passwort mit dem Link unten und sag es denen, die den Server betreiben.',
    ],
    button: 'Das war ich nicht',
  }),
  approved: ({ site, handle }) => ({
    subject: `Du bist dabei: Willkommen bei ${site}`,
    lines: [
      `Deine Anfrage wurde angenommen. Melde dich als ${handle} hier an oder in jeder App für Mastodon.`,
    ],
    button: 'Anmelden',
  }),
  footer: ({ site, handle }) => `Von ${site} gesendet, wegen deines Kontos ${handle}.`,
}

const ar: Letters = {
  confirm: ({ site, handle }) => ({
    subject: `أكّد عنوان بريدك لدى ${site}`,
    lines: [
      `أهلًا بك! أُنشئ حسابك ${handle}. أكّد أن هذا العنوان لك ليُفتح.`,
      'يعمل الرابط سبعة أيام. إن لم تكن أنت من سجّل فلا تفعل شيئًا، فالحساب يزول وحده.',
    ],
    button: 'تأكيد العنوان',
  }),
  reset: ({ handle }) => ({
    subject: 'اختر كلمة سر جديدة',
    lines: [
      `طلب أحدهم، ونرجو أن يكون أنت، كلمة سر جديدة للحساب ${handle}.`,
      'يعمل الرابط مرة واحدة خلال ست ساعات. إن لم تكن أنت فلا تفعل شيئًا، وتبقى كلمة سرك كما هي.',
    ],
    button: 'اختيار كلمة السر',
  }),
  'password-changed': ({ handle }) => ({
    subject: 'تغيّرت كلمة سرك',
    lines: [
      `تغيّرت كلمة سر ${handle} للتو، وسُجّل الخروج من كل الأجهزة.`,
      'إن لم تكن أنت فاختر كلمة جديدة حالًا بالرابط أدناه، وأخبر القائمين على الخادم.',
    ],
    button: 'لم أكن أنا',
  }),
  'new-address': ({ handle }) => ({
    subject: 'أكّد عنوان بريدك الجديد',
    lines: [
      `سيصير هذا العنوان عنوان الحساب ${handle}. أكّد أنه لك.`,
      'يعمل الرابط سبعة أيام. إن كنت لا تعلم عن هذا شيئًا فلا تفعل شيئًا.',
    ],
    button: 'تأكيد العنوان',
  }),
  'address-changing': ({ handle }) => ({
    subject: 'يجري تغيير عنوان بريدك',
    lines: [
      `طلب من يعرف كلمة سر ${handle} أن يصل البريد إلى عنوان آخر من الآن.`,
      'إن لم تكن أنت فاختر كلمة سر جديدة حالًا بالرابط أدناه، وأخبر القائمين على الخادم.',
    ],
    button: 'لم أكن أنا',
  }),
  approved: ({ site, handle }) => ({
    subject: `أهلًا بك في ${site}`,
    lines: [`قُبل طلبك. سجّل الدخول باسم ${handle} هنا أو في أي تطبيق لماستودون.`],
    button: 'تسجيل الدخول',
  }),
  footer: ({ site, handle }) => `أرسلها ${site} بسبب حسابك ${handle}.`,
}

const languages: Record<string, Letters> = { en, de, ar }

/** A letter in the member's language, or in English: as text, and as a page with one button. */
export function writeLetter(kind: LetterKind, locale: string | null, named: Named, link: string) {
  const language = spokenLanguage(Object.keys(languages), locale)
  const letters = languages[language] as Letters
  const { subject, lines, button } = letters[kind](named)
  const footer = letters.footer(named)
  const text = [...lines, link, `-- \n${footer}`].join('\n\n')
  const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')
  const pressed = `<p>${buttonTo(link, button)}</p><p>${escapeHtml(link)}</p>`
  const direction = language === 'ar' ? 'rtl' : 'ltr'
  const html =
    `<!doctype html><html lang="${language}" dir="${direction}"><meta charset="utf-8">` +
    `<body style="font:16px/1.5 sans-serif;max-width:36em;margin:auto;padding:1em">${paragraphs}${pressed}` +
    `<hr><p><small>${escapeHtml(footer)}</small></p></body></html>`
  return { subject, text, html }
}

// Mail programs know no style sheets of ours: the colour is that of the installed app (`web/install.ts`).
const buttonTo = (link: string, label: string) =>
  `<a href="${escapeHtml(link)}" style="display:inline-block;padding:.6em 1.2em;border-radius:.5em;` +
  `background:#2c7565;color:#fff;text-decoration:none"><b>${escapeHtml(label)}</b></a>`
