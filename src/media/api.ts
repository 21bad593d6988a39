import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { invalid } from '#platform/errors.ts'
import { endpoint, Reply } from '#platform/http/endpoint.ts'
import { file, text } from '#platform/http/forms-fields.ts'
import type { UploadedFile } from '#platform/http/uploads.ts'
import { readId } from '#platform/ids.ts'
import { mediaLimits } from '#platform/media-types.ts'
import type { MediaRow } from '#statuses/statuses.ts'
import { checkDescription, describeMedia, readFocus } from './describe-media.ts'
import { removeUpload } from './drop-media.ts'
import { fileRefusal } from './make-picture.ts'
import { ownUpload } from './media.ts'
import { MediaAttachment, presentMedia } from './present-media.ts'
import { uploadMedia } from './upload-media.ts'

const Described = z.object({
  description: text(),
  focus: text(100),
  thumbnail: file,
})
const UploadForm = Described.extend({ file })
type UploadForm = z.output<typeof UploadForm>
/** A film, its thumbnail and the words around them. */
const ROOM = { bytes: mediaLimits.filmBytes + mediaLimits.imageBytes + 1024 * 1024, count: 2 }

/** A file that is worked on is told by the status: it can be attached when the answer is 200. */
function reply(media: MediaRow, domain: HostedDomain, waiting: number): Reply<MediaAttachment> {
  if (media.state === 'failed') throw invalid(media.fault ?? 'The file could not be processed')
  return new Reply(presentMedia(media, domain), { status: media.state === 'ready' ? 200 : waiting })
}

async function take(app: App, viewer: Viewer, body: UploadForm, wait: boolean): Promise<MediaRow> {
  const description = checkDescription(body.description)
  const focus = readFocus(body.focus)
  if (!body.file) throw fileRefusal("can't be blank")
  return uploadMedia(app, viewer.account, {
    file: body.file as UploadedFile,
    thumbnail: body.thumbnail,
    description,
    focus,
    wait,
  })
}

export const uploadEndpoint = endpoint({
  route: 'POST /api/v2/media',
  scope: 'write:media',
  summary: 'Send a file for a status; 202 while it is being processed',
  limit: 'media',
  files: ROOM,
  body: UploadForm,
  returns: MediaAttachment,
  handle: async ({ app, viewer, domain, body }) => reply(await take(app, viewer, body, false), domain, 202),
})

export const uploadAndWaitEndpoint = endpoint({
  route: 'POST /api/v1/media',
  scope: 'write:media',
  summary: 'Send a file for a status and wait until it is processed',
  limit: 'media',
  files: ROOM,
  body: UploadForm,
  returns: MediaAttachment,
  handle: async ({ app, viewer, domain, body }) => reply(await take(app, viewer, body, true), domain, 202),
})

export const mediaEndpoint = endpoint({
  route: 'GET /api/v1/media/:id',
  scope: 'write:media',
  summary: 'A file of yours that no status has yet; 206 while it is being processed',
  returns: MediaAttachment,
  handle: async ({ app, viewer, domain, params }) =>
    reply(await unattached(app, viewer, params.id), domain, 206),
})

const describing = {
  scope: 'write:media',
  summary: 'Describe a file of yours, set its focal point or its thumbnail',
  files: { bytes: mediaLimits.imageBytes + 1024 * 1024, count: 1 },
  body: Described,
  returns: MediaAttachment,
} as const

const describe = async (app: App, viewer: Viewer, id: string, body: z.output<typeof Described>) => {
  const media = await unattached(app, viewer, id)
  return describeMedia(app, media, {
    description: checkDescription(body.description),
    focus: readFocus(body.focus),
    thumbnail: body.thumbnail,
  })
}

export const describeEndpoint = endpoint({
  ...describing,
  route: 'PUT /api/v1/media/:id',
  handle: async ({ app, viewer, domain, params, body }) =>
    reply(await describe(app, viewer, params.id, body), domain, 206),
})

export const patchEndpoint = endpoint({
  ...describing,
  route: 'PATCH /api/v1/media/:id',
  handle: async ({ app, viewer, domain, params, body }) =>
    reply(await describe(app, viewer, params.id, body), domain, 206),
})

export const removeEndpoint = endpoint({
  route: 'DELETE /api/v1/media/:id',
  scope: 'write:media',
  summary: 'Delete a file of yours that no status has',
  returns: z.object({}),
  handle: async ({ app, viewer, params }) => {
    await removeUpload(app, await ownUpload(app, viewer.account.id, readId(params.id)))
    return {}
  },
})

async function unattached(app: App, viewer: Viewer, id: string): Promise<MediaRow> {
  return ownUpload(app, viewer.account.id, readId(id), true)
}
