import { settingTable } from './config-setting.ts'

const laterPart = 'Arrives with a later part; has no effect yet.'

/** Who may do what, how long things are kept, how long texts may be. */
export const peopleSettings = {
  ...settingTable('later', laterPart, {
    DISABLE_AUTOMATIC_SWITCHING_TO_APPROVED_REGISTRATIONS: [
      'bool',
      'Keep registrations open when no moderator was seen for a week.',
    ],
    FORCE_DEFAULT_LOCALE: ['bool', "Use DEFAULT_LOCALE whatever the visitor's browser asks for."],
    EMAIL_DOMAIN_ALLOWLIST: ['list', 'The only mail domains that may sign up.'],
    EMAIL_DOMAIN_WHITELIST: ['list', 'The old name of EMAIL_DOMAIN_ALLOWLIST.'],
    EMAIL_DOMAIN_DENYLIST: ['list', 'Mail domains that may not sign up.'],
    EMAIL_DOMAIN_BLACKLIST: ['list', 'The old name of EMAIL_DOMAIN_DENYLIST.'],
    EMAIL_DOMAIN_LISTS_APPLY_AFTER_CONFIRMATION: [
      'bool',
      'Check the mail domain lists again on each change.',
    ],
    MAX_SESSION_ACTIVATIONS: ['int', 'How many browser sessions one person may have.', { default: 10 }],
    USER_ACTIVE_DAYS: ['int', 'For how many days a home is kept warm after a visit.', { default: 7 }],
    IP_RETENTION_PERIOD: ['int', 'For how many seconds addresses are kept.', { default: 31_536_000 }],
    SESSION_RETENTION_PERIOD: [
      'int',
      'For how many seconds idle sessions are kept.',
      { default: 31_536_000 },
    ],
    HCAPTCHA_SITE_KEY: ['string', 'hCaptcha at sign-up: the site key.'],
    HCAPTCHA_SECRET_KEY: ['secret', 'hCaptcha at sign-up: the secret key.'],
    MAX_FOLLOWS_THRESHOLD: ['int', 'From how many follows on the ratio counts.', { default: 7500 }],
    MAX_FOLLOWS_RATIO: ['string', 'Follows allowed per follower above the threshold.', { default: '1.1' }],
    DISABLE_FOLLOWERS_SYNCHRONIZATION: ['bool', 'Do not compare follower lists with other servers.'],
  }),
  ...settingTable('later', laterPart, {
    MAX_IMAGE_SIZE: ['bytes', 'The size of an image.', { default: 16_777_216 }],
    MAX_VIDEO_SIZE: ['bytes', 'The size of a video or audio file.', { default: 103_809_024 }],
    MAX_EMOJI_SIZE: ['bytes', 'The size of a custom emoji.', { default: 262_144 }],
    MAX_REMOTE_EMOJI_SIZE: ['bytes', "The size of another server's emoji.", { default: 262_144 }],
    MAX_FEED_HASHTAGS: ['int', 'How many tags one tag timeline may join.', { default: 4 }],
    MAX_TRENDING_TAGS: ['int', 'How many trending tags are shown.', { default: 10 }],
    MAX_SEARCH_RESULTS: ['int', 'How many results a search gives.', { default: 20 }],
  }),
  ...settingTable('later', 'Read by the import from Mastodon, which arrives with a later part.', {
    SECRET_KEY_BASE: ['secret', 'Verifies what Mastodon signed; our own keys are in secrets.json.'],
    OTP_SECRET: ['secret', 'Decrypts second factors written before Mastodon 4.4.'],
    ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: ['secret', 'Decrypts columns of a Mastodon database.'],
    ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: ['secret', 'Decrypts columns of a Mastodon database.'],
    ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: ['secret', 'Decrypts columns of a Mastodon database.'],
  }),
}
