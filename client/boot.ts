import type { CredentialAccount } from '#auth/present-credentials.ts'
import type { Status } from '#statuses/entities.ts'

/** What the shell brings along, so that the first view needs no further request. */
export type Boot = {
  token: string
  csrf: string
  me: CredentialAccount
  instance: {
    domain: string
    title: string
    languages: string[]
    configuration: {
      urls: { streaming: string }
      statuses: { max_characters: number; max_media_attachments: number }
      media_attachments: { supported_mime_types: string[]; description_limit: number }
      polls: { max_options: number; max_characters_per_option: number }
      translation: { enabled: boolean }
      vapid: { public_key: string }
    }
  }
  markers: { home?: { last_read_id: string }; notifications?: { last_read_id: string } }
  /** The first page of home, where home was asked for. */
  home: Status[] | null
}

export const boot: Boot = JSON.parse(document.getElementById('boot')?.textContent ?? 'null')
