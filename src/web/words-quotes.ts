/** Why a quoted post is not shown, in a sentence, by the state of the quote. */
const WHY_NOT: Record<string, string> = {
  pending: 'Whoever is quoted has not yet said whether their post may be shown here.',
  rejected: 'Whoever is quoted does not want their post shown here.',
  revoked: 'Whoever is quoted took their post back from here.',
  deleted: 'The quoted post was deleted.',
  blocked_account: 'This quotes somebody you blocked.',
  blocked_domain: 'This quotes somebody of a server you blocked.',
  muted_account: 'This quotes somebody you muted.',
}

/** What pages say of quotes. */
export const quoteWords = {
  whyNot: (state: string) => WHY_NOT[state] ?? 'The quoted post cannot be shown.',
  quotesAnother: 'Quotes another post',
  open: 'Open the quoted post',
}
