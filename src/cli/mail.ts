import { siteOf } from '#instance/site.ts'
import { isMailOn, sendMail } from '#platform/mail.ts'
import type { Command } from './command.ts'
import { Misuse } from './command.ts'

export const mailCommands: Command[] = [
  {
    name: 'mail test',
    about: 'Send a test mail, and show what the mail server said',
    words: ['ADDRESS'],
    run: async ({ hands, words }) => {
      const [to = ''] = words
      if (!/^[^@\s]+@[^@\s]+$/.test(to)) throw new Misuse(`${to} is no mail address`)
      const app = await hands.openApp()
      const domain = app.domains.all()[0]
      if (!isMailOn(app.config)) {
        hands.print('Nothing is mailed: set SMTP_SERVER (or SMTP_DELIVERY_METHOD=sendmail) and try again.')
        return 1
      }
      const site = domain ? (await siteOf(app, domain.id)).title : 'Hyrax'
      const text = 'It arrived: this server can mail.'
      const letter = { subject: `A test mail of ${site}`, text, html: `<p>${text}</p>` }
      try {
        await sendMail(app.config, { to, fromName: site, ...letter }, hands.print)
      } catch (error) {
        hands.print(`\nIt was not taken: ${(error as Error).message}`)
        return 1
      }
      hands.print(`\nIt is on its way to ${to}.`)
      return 0
    },
  },
]
