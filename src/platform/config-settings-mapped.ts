import type { Setting } from './config-setting.ts'

/** Other names of settings that take effect. */
export const mappedSettings = {
  HYRAX_DOMAIN: {
    type: 'domain',
    fate: 'mapped',
    to: 'LOCAL_DOMAIN',
    sentence: 'Another name of LOCAL_DOMAIN.',
  },
  WHITELIST_MODE: {
    type: 'bool',
    fate: 'mapped',
    to: 'LIMITED_FEDERATION_MODE',
    sentence: 'The old name of LIMITED_FEDERATION_MODE.',
  },
  RAILS_LOG_LEVEL: {
    type: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'fatal', 'unknown'],
    fate: 'mapped',
    sentence: 'The more talkative of this and LOG_LEVEL is how much is logged.',
  },
  SIDEKIQ_CONCURRENCY: {
    type: 'int',
    fate: 'mapped',
    to: 'HYRAX_JOBS_AT_ONCE',
    times: 10,
    min: 1,
    sentence: 'Ten jobs at once for each of its threads: ours wait together and need none of their own.',
  },
} as const satisfies Record<string, Setting>
