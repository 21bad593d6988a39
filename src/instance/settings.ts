/** A domain that this server hosts: where handles live and where pages and documents are served. */
export type HostedDomainRow = {
  id: number
  /** The handle's domain, lower-case ASCII, with port if any. */
  name: string
  /** The host that serves pages and documents; equal to `name` unless the domain is split. */
  web_host: string
  /** `https://` + web_host (http only on loopback or where federation over http is allowed). */
  origin: string
  /** Other hosts that mean this domain (JSON array). */
  alternates: string
  /** Null while the server is a draft: nothing federates. */
  confirmed_at: number | null
  /** When the first activity left; from then on the name is fixed. */
  federated_at: number | null
  /** The account that signs for the server itself. */
  actor_id: number | null
  created_at: number
}

/** A live setting of one hosted domain; the value is JSON. */
export type SettingRow = { domain_id: number; name: string; value: string; updated_at: number }
export type RuleRow = {
  id: number
  domain_id: number
  position: number
  text: string
  hint: string
  /** JSON of {text, hint} by language code. */
  translations: string
  created_at: number
}

/** Facts of the whole database: schema number, writers, marks. */
export type MetaRow = { name: string; value: string }

export type InstanceTables = {
  hosted_domain: HostedDomainRow
  setting: SettingRow
  rule: RuleRow
  meta: MetaRow
}
