import { ARCHIVE_MS, latestArchive, readyArchive, requestArchive } from '#accounts/archives.ts'
import { blobByKey } from '#platform/blobs/blobs.ts'
import { notFound, Refusal } from '#platform/errors.ts'
import { readId } from '#platform/ids.ts'
import { isoTime } from '#platform/times.ts'
import { exportKinds, exportTable } from '#relationships/export-lists.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { serveBlob } from '../media-files.ts'
import { askToSignIn, signedIn } from '../route.ts'
import type { Routes } from '../site.ts'
import { longTime } from '../views/times.ts'
import type { Visit } from '../visit.ts'
import { send } from '../visit.ts'
import { settingsWords } from '../words-settings.ts'
import { settingsPage, settingsPaths } from './page.ts'

const say = settingsWords.export
const MEGABYTE = 1024 ** 2

/** Where a member takes their things along: tables at once, everything they wrote as an archive. */
export function mountExport(routes: Routes): void {
  routes.get(settingsPaths.export, (visit) =>
    visit.session ? show(visit) : askToSignIn(visit, settingsPaths.export),
  )
  routes.post(settingsPaths.export, async (visit) => {
    signedIn(visit)
    try {
      await requestArchive(visit.app, visit.session.account)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      visit.frame.notice = { kind: 'danger', text: error.message }
      return show(visit, 429)
    }
    visit.frame.notice = { kind: 'ok', text: say.asked }
    return show(visit)
  })
  for (const kind of exportKinds) {
    routes.get(`/settings/exports/${kind}.csv`, async (visit) => {
      signedIn(visit)
      const { default: papa } = await import('papaparse')
      const { head, rows } = await exportTable(visit.app, visit.session.account, kind)
      // A cell that begins like a formula is run by some spreadsheets.
      const text = papa.unparse(head ? [head, ...rows] : rows, { escapeFormulae: true })
      return visit.c.body(`${text}\r\n`, 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${kind}.csv"`,
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      })
    })
  }
  routes.get('/backups/:id/download', download)
}

async function download(visit: Visit): Promise<Response> {
  signedIn(visit)
  const { app, c, session } = visit
  const row = await readyArchive(app, session.account, readId(c.req.param('id')))
  const blob = await blobByKey(app, row.file_key)
  if (!blob) throw notFound()
  const answer = await serveBlob(c, app, blob, 'private, no-store')
  answer.headers.set('content-disposition', `attachment; filename="archive-${session.account.username}.zip"`)
  return answer
}

async function show(visit: Visit, status = 200): Promise<Response> {
  signedIn(visit)
  const archive = await latestArchive(visit.app, visit.session.account.id)
  const mayAsk = !archive || archive.created_at <= visit.app.now() - ARCHIVE_MS
  const inside = html`
    <h2>${say.tables}</h2>
    <ul>${exportKinds.map((kind) => html`<li><a href="/settings/exports/${kind}.csv">${say.kinds[kind]}</a></li>`)}</ul>
    <h2>${say.archive}</h2>
    <p>${say.archiveWhat}</p>
    ${archive && stateOf(archive)}
    ${
      mayAsk &&
      html`
        <form class="form" method="post" action="${settingsPaths.export}">
          <input type="hidden" name="csrf" value="${visit.frame.csrf}">
          <div class="buttons"><button class="button main">${say.ask}</button></div>
        </form>
      `
    }
  `
  const page = { path: settingsPaths.export, title: say.title, purpose: say.purpose, inside }
  return send(visit, settingsPage(visit.frame, page), { status })
}

type Archive = NonNullable<Awaited<ReturnType<typeof latestArchive>>>

function stateOf({ id, file_key, size, created_at }: Archive): Html {
  const when = longTime(isoTime(created_at))
  if (file_key === null) return html`<p role="status">${say.waits} ${when}</p>`
  return html`<p><a class="button" href="/backups/${String(id)}/download">${say.download}</a> ${say.size(Math.max(1, Math.round(size / MEGABYTE)))}, ${when}</p>`
}
