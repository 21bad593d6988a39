import { ROLES_CHANGED } from '#auth/roles.ts'
import { rightsChanged } from '#happenings.ts'
import { DOMAINS_CHANGED } from '#instance/domains.ts'
import { SITE_CHANGED } from '#instance/site.ts'
import { KEYS_CHANGED } from './federation/signatures/keys.ts'

/** The messages upon which something kept in memory is read again. */
export const remembered = [DOMAINS_CHANGED, SITE_CHANGED, ROLES_CHANGED, KEYS_CHANGED, rightsChanged.name]
