import type { App } from '#app.ts'
import { keptBy } from '#platform/cache.ts'
import { notAllowed } from '#platform/errors.ts'
import type { RoleRow, UserRow } from './users.ts'

/** Permission bits, numbered as Mastodon numbers them (surface n). */
export const permissions = {
  administrator: 0x1,
  view_devops: 0x2,
  view_audit_log: 0x4,
  view_dashboard: 0x8,
  manage_reports: 0x10,
  manage_federation: 0x20,
  manage_settings: 0x40,
  manage_blocks: 0x80,
  manage_taxonomies: 0x100,
  manage_appeals: 0x200,
  manage_users: 0x400,
  manage_invites: 0x800,
  manage_rules: 0x1000,
  manage_announcements: 0x2000,
  manage_custom_emojis: 0x4000,
  manage_webhooks: 0x8000,
  invite_users: 0x10000,
  manage_roles: 0x20000,
  manage_user_access: 0x40000,
  delete_user_data: 0x80000,
  view_feeds: 0x100000,
  invite_bypass_approval: 0x200000,
  manage_email_subscriptions: 0x400000,
} as const
export type Permission = keyof typeof permissions

const sum = (...names: Permission[]) => names.reduce((bits, name) => bits | permissions[name], 0)
const EVERYTHING = sum(...(Object.keys(permissions) as Permission[]))

/** The role everybody has. */
export const EVERYONE = -99
export const MODERATOR = 1
export const ADMIN = 2
export const OWNER = 3

const moderation = sum(
  'view_dashboard',
  'view_audit_log',
  'manage_users',
  'manage_reports',
  'manage_taxonomies',
  'view_feeds',
)
const administration =
  moderation |
  sum(
    'manage_federation',
    'manage_settings',
    'manage_blocks',
    'manage_appeals',
    'manage_invites',
    'manage_rules',
    'manage_announcements',
    'manage_custom_emojis',
    'manage_webhooks',
    'manage_roles',
    'manage_user_access',
    'delete_user_data',
    'view_devops',
    'invite_users',
  )

const seeds = [
  { id: EVERYONE, name: '', position: -1, permissions: 0, highlighted: 0 },
  { id: MODERATOR, name: 'Moderator', position: 10, permissions: moderation, highlighted: 1 },
  { id: ADMIN, name: 'Admin', position: 100, permissions: administration, highlighted: 1 },
  { id: OWNER, name: 'Owner', position: 1000, permissions: permissions.administrator, highlighted: 1 },
]

/** How many collections a member may make, until a role says otherwise (surface j). */
const COLLECTIONS = 10

/** Makes the roles every server begins with, in the caller's transaction; those that exist stay as they are. */
export async function seedRoles(tx: App): Promise<void> {
  const made = { color: '', collection_limit: COLLECTIONS, created_at: tx.now(), updated_at: tx.now() }
  const known = await tx.db.selectFrom('role').select('id').execute()
  const missing = seeds.filter((seed) => !known.some((role) => role.id === seed.id))
  if (missing.length === 0) return
  await tx.db
    .insertInto('role')
    .values(missing.map((seed) => ({ ...seed, ...made })))
    .onConflict((clash) => clash.column('id').doNothing())
    .execute()
  tx.afterCommit(() => tx.events.publish(ROLES_CHANGED, null))
}

/** Told when what is kept in memory here must be read again. */
export const ROLES_CHANGED = 'roles changed'
const kept = keptBy<{ roles: Promise<Map<number, RoleRow>> | null; listening: boolean }>(() => ({
  roles: null,
  listening: false,
}))

/** All roles by id, kept in memory until one changes. */
export function rolesById(app: App): Promise<Map<number, RoleRow>> {
  const memory = kept(app)
  if (!memory.listening) {
    memory.listening = true
    app.events.subscribe(ROLES_CHANGED, () => {
      memory.roles = null
    })
  }
  memory.roles ??= app.db
    .selectFrom('role')
    .selectAll()
    .execute()
    .then((rows) => new Map(rows.map((row) => [row.id, row])))
  memory.roles.catch(() => {
    memory.roles = null
  })
  return memory.roles
}

/** The role of that name in any case, or undefined. */
export async function roleByName(app: App, name: string): Promise<RoleRow | undefined> {
  const wanted = name.toLowerCase()
  return [...(await rolesById(app)).values()].find(
    (role) => role.name !== '' && role.name.toLowerCase() === wanted,
  )
}

/** The person's own role, or that of everyone. */
export async function roleOf(app: App, user: Pick<UserRow, 'role_id'>): Promise<RoleRow> {
  const roles = await rolesById(app)
  const role = roles.get(user.role_id ?? EVERYONE) ?? roles.get(EVERYONE)
  if (!role) throw new Error('The roles are missing: run db migrate')
  return role
}

/** Where the person's role stands among the others; whoever has none stands below all. */
export async function positionOf(app: App, user: Pick<UserRow, 'role_id'>): Promise<number> {
  if (user.role_id === null) return -1
  return (await rolesById(app)).get(user.role_id)?.position ?? -1
}

/** The person's permission bits: their role's and everyone's; an administrator has them all. */
export async function permissionsOf(app: App, user: Pick<UserRow, 'role_id'>): Promise<number> {
  const roles = await rolesById(app)
  const own = user.role_id === null ? 0 : (roles.get(user.role_id)?.permissions ?? 0)
  if (own & permissions.administrator) return EVERYTHING
  return own | (roles.get(EVERYONE)?.permissions ?? 0)
}

/** Whether the person may do this. */
export async function may(
  app: App,
  user: Pick<UserRow, 'role_id'>,
  permission: Permission,
): Promise<boolean> {
  return ((await permissionsOf(app, user)) & permissions[permission]) !== 0
}

/** Throws `notAllowed` unless the person's role has this permission. */
export async function demand(
  app: App,
  user: Pick<UserRow, 'role_id'>,
  permission: Permission,
): Promise<void> {
  if (!(await may(app, user, permission))) throw notAllowed()
}
