/** Codes of the languages that can be written in: ISO 639-1, and those others that many write in. */
const CODES = (
  'aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo ' +
  'es et eu fa ff fi fj fo fr fy ga gd gl gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ' +
  'ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl ' +
  'nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sn so sq sr ss st su sv sw ' +
  'ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ' +
  'zh-CN zh-HK zh-TW zh-YUE ast chr ckb cnr csb fil gsw jbo kab ldn lfn moh nds pdc pnb sco sma smj szl tok vai xal zba zgh'
).split(' ')
/** What the platform's own list of names does not know. */
const OWN_NAMES: Record<string, string> = {
  bh: 'Bihari',
  cnr: 'Montenegrin',
  ldn: 'Láadan',
  'zh-YUE': 'Cantonese',
  zba: 'Balaibalan',
}

let named: { code: string; name: string }[] | undefined

/** The languages a status can be marked with, by code, with their English names. */
export function writtenLanguages(): { code: string; name: string }[] {
  if (named) return named
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' })
  named = CODES.map((code) => ({ code, name: OWN_NAMES[code] ?? names.of(code) ?? code }))
  return named
}
