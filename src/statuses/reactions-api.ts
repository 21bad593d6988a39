import { z } from 'zod'
import type { AccountRow } from '#accounts/accounts.ts'
import { Account, presentAccountsById } from '#accounts/present-account.ts'
import type { App } from '#app.ts'
import { invalid, notAllowed } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { readId } from '#platform/ids.ts'
import { Status } from './entities.ts'
import type { Face } from './favourite.ts'
import { favourite, favouriteOf, unfavourite } from './favourite.ts'
import { presentReactions, Reaction } from './present-reactions.ts'
import { presentStatus } from './present-status.ts'
import type { StatusRow } from './statuses.ts'
import { visibleOriginal } from './visibility.ts'

const ONE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v
const CUSTOM = /^:?([a-zA-Z0-9_]{1,64})(?:@([a-z0-9.:-]{1,255}))?:?$/i
/** How many who reacted are named. */
const MOST_NAMED = 80

/** The face a name means: an emoji, a custom one of ours, or one of another server as `name@host`. */
async function faceOf(app: App, name: string): Promise<Face> {
  if (ONE_EMOJI.test(name)) return { name, emojiId: null }
  const [, shortcode, host = ''] = CUSTOM.exec(name) ?? []
  const row =
    shortcode === undefined
      ? undefined
      : await app.db
          .selectFrom('emoji')
          .select(['id', 'shortcode'])
          .where('shortcode', '=', shortcode)
          .where('host', '=', host.toLowerCase())
          .executeTakeFirst()
  if (!row) throw invalid('Validation failed: Name is not a recognized emoji')
  return { name: row.shortcode, emojiId: row.id }
}

async function react(app: App, account: AccountRow, status: StatusRow, name: string): Promise<void> {
  if (!app.config.reactions) throw notAllowed('Reactions are switched off on this server')
  await favourite(app, account, status, null, await faceOf(app, name))
}

/** Takes a reaction back, and the favourite it is with it; another one than was given is left alone. */
async function unreact(app: App, account: AccountRow, status: StatusRow, name: string): Promise<void> {
  const known = await favouriteOf(app, account.id, status.id)
  const face = await faceOf(app, name)
  if (known?.reaction === face.name) await unfavourite(app, account, status)
}

type Route = `${'POST' | 'PUT' | 'DELETE'} /api/v1/${string}/:id/${string}/:name`

const acting = <const Path extends Route>(route: Path, summary: string, act: typeof react) =>
  endpoint({
    route: route as Route,
    scope: 'write:favourites',
    summary,
    returns: Status,
    handle: async ({ app, viewer, domain, params }) => {
      const { id, name } = params as { id: string; name: string }
      const status = await visibleOriginal(app, viewer.account, readId(id))
      await act(app, viewer.account, status, name)
      return presentStatus(app, { domain, account: viewer.account }, status)
    },
  })

const REACT = 'Favourite a status with an emoji'
const UNREACT = 'Take that emoji back, and the favourite with it'
export const reactEndpoint = acting('POST /api/v1/statuses/:id/react/:name', REACT, react)
export const unreactEndpoint = acting('POST /api/v1/statuses/:id/unreact/:name', UNREACT, unreact)
export const putReactionEndpoint = acting('PUT /api/v1/pleroma/statuses/:id/reactions/:name', REACT, react)
export const dropReactionEndpoint = acting(
  'DELETE /api/v1/pleroma/statuses/:id/reactions/:name',
  UNREACT,
  unreact,
)

export const reactionsEndpoint = endpoint({
  route: 'GET /api/v1/pleroma/statuses/:id/reactions',
  scope: 'public',
  ifToken: 'read:statuses',
  summary: 'The emojis a status was favourited with, and by whom',
  returns: z.array(Reaction.extend({ accounts: z.array(Account) })),
  handle: async ({ app, viewer, domain, params }) => {
    const reader = { domain, account: viewer?.account ?? null }
    const status = await visibleOriginal(app, reader.account, readId(params.id))
    const shown = (await presentReactions(app, reader, [status])).get(status.id) ?? []
    const rows = await app.db
      .selectFrom('favourite')
      .select(['account_id', 'reaction'])
      .where('status_id', '=', status.id)
      .where('reaction', 'is not', null)
      .orderBy('id', 'desc')
      .limit(MOST_NAMED)
      .execute()
    const people = await presentAccountsById(
      app,
      reader,
      rows.map((row) => row.account_id),
    )
    return shown.map((each) => ({
      ...each,
      accounts: rows
        .filter((row) => row.reaction === each.name.split('@')[0])
        .flatMap((row) => people.get(row.account_id) ?? []),
    }))
  },
})
