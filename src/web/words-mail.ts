/** What pages say where a mail comes next, or where one led to. */
export const mailWords = {
  forgotten: 'Forgotten your password?',
  forgotTitle: 'A new password',
  forgotIntro: 'Give the address of your account here. We mail a link with which you choose a new password.',
  email: 'E-mail address',
  send: 'Mail me a link',
  sentTitle: 'Look in your mail',
  sent: 'If an account here has this address, a link is on its way. It works for six hours. Nothing came? Look into the spam folder, then try again.',
  lookTitle: 'One more step: look in your mail',
  look: (address: string) =>
    `We mailed a link to ${address}. Open it within seven days, and your account is ready.`,
  confirmTitle: 'Is this your address?',
  confirmIntro: (address: string) => `${address} becomes the address of your account.`,
  confirm: 'Yes, confirm it',
  confirmedTitle: 'Your address is confirmed',
  confirmed: 'Sign in here, or go back to your app.',
  confirmedWaits: 'Your request is with the people who run this server. You hear from us by mail.',
  badTitle: 'This link no longer works',
  bad: 'Links to confirm an address work for seven days, and only the last one does. Your app can ask for a new one.',
}
