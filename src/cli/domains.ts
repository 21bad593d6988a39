import { hostDomain } from '#auth/host-domain.ts'
import { isoTimeOrNull } from '#platform/times.ts'
import type { Command } from './command.ts'
import { table } from './table.ts'

export const domainCommands: Command[] = [
  {
    name: 'domains add',
    about: 'Host one more domain, with its own people; its host must lead to this server',
    words: ['NAME'],
    options: {
      'web-domain': { type: 'string', hint: 'NAME', about: 'where its pages live, when not on the same' },
      alternates: { type: 'string', hint: 'a,b', about: 'other hosts that mean it' },
    },
    run: async ({ hands, words, options }) => {
      const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined)
      const app = await hands.openApp()
      const web = text('web-domain')
      const domain = await hostDomain(app, {
        name: words[0] ?? '',
        ...(web === undefined ? {} : { web }),
        alternates: (text('alternates') ?? '').split(',').filter(Boolean),
        plainHttp: app.config.publicScheme === 'http',
      })
      hands.print(`${domain.name} is hosted, at ${domain.origin}; nobody can sign up there yet.`)
      return 0
    },
  },
  {
    name: 'domains list',
    about: 'The domains that this server hosts',
    run: async ({ hands }) => {
      const rows = (await hands.openApp()).domains
        .all()
        .map((domain) => [
          domain.name,
          domain.origin,
          domain.alternates.join(' '),
          isoTimeOrNull(domain.federated_at)?.slice(0, 10) ?? 'not yet',
        ])
      hands.print(table(['domain', 'pages', 'also', 'federates since'], rows))
      return 0
    },
  },
]
