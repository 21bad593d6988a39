/** Which of these languages somebody with that locale is spoken to in; English where it is none of them. */
export function spokenLanguage(languages: readonly string[], locale: string | null): string {
  const [language = ''] = (locale ?? '').toLowerCase().split(/[-_]/)
  return languages.includes(language) ? language : 'en'
}
