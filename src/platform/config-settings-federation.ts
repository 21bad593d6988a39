import type { Setting } from './config-setting.ts'

/** With whom we speak, and what they must show. */
export const federationSettings = {
  AUTHORIZED_FETCH: {
    type: 'bool',
    fate: 'supported',
    sentence:
      'Secure mode: documents are given to signed requests only, so that who is blocked cannot read them. Rules out relays of the Mastodon kind.',
  },
  LIMITED_FEDERATION_MODE: {
    type: 'bool',
    fate: 'supported',
    sentence:
      'Federate with the servers of HYRAX_ALLOWED_HOSTS only, and show what people wrote to members only. Implies AUTHORIZED_FETCH.',
  },
  HYRAX_ALLOWED_HOSTS: {
    type: 'domains',
    fate: 'supported',
    sentence: 'In limited federation: the hosts, as in the addresses of their actors, that we speak with.',
  },
  HYRAX_REACTIONS: {
    type: 'bool',
    fate: 'supported',
    default: true,
    sentence: 'Let members favourite posts with an emoji, which other servers are told.',
  },
  DISALLOW_UNAUTHENTICATED_API_ACCESS: {
    type: 'bool',
    fate: 'supported',
    sentence: 'The API answers members only, but for what somebody needs to sign up or in.',
  },
} as const satisfies Record<string, Setting>
