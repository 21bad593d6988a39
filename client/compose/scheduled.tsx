import type { ScheduledStatus } from '#statuses/present-scheduled.ts'
import { del, put } from '../api.ts'
import { useLoaded } from '../pieces/loaded.ts'
import { confirmed } from '../pieces/menu.tsx'
import { ColumnHead, Empty, Trouble, Waiting } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

const PATH = '/api/v1/scheduled_statuses'
/** Apps keep drafts as posts for a year that will not come. */
const FIRST_DRAFT_YEAR = 3000
const isDraft = ({ scheduled_at }: Pick<ScheduledStatus, 'scheduled_at'>) =>
  new Date(scheduled_at).getUTCFullYear() >= FIRST_DRAFT_YEAR

/** Posts that wait for their time, with the time to be changed, and drafts that apps keep on the server. */
export function ScheduledPage() {
  const { data, trouble, again } = useLoaded<ScheduledStatus[]>(`${PATH}?limit=40`)
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      toast((error as Error).message)
    }
    await again()
  }
  const rows = data.value ?? []
  const [drafts, timed] = [rows.filter(isDraft), rows.filter((row) => !isDraft(row))]
  return (
    <>
      <ColumnHead title={say('scheduled')} />
      {trouble.value && <Trouble text={trouble.value} again={() => void again()} />}
      {!data.value && !trouble.value && <Waiting rows={2} />}
      {data.value?.length === 0 && (
        <Empty>
          <p>{say('scheduled-empty')}</p>
        </Empty>
      )}
      <ul class="rows timed">
        {timed.map((row) => (
          <Row key={row.id} row={row} act={act}>
            <input
              type="datetime-local"
              class="input"
              aria-label={say('later')}
              value={local(row.scheduled_at)}
              onChange={({ currentTarget: { value } }) =>
                value &&
                void act(() => put(`${PATH}/${row.id}`, { scheduled_at: new Date(value).toISOString() }))
              }
            />
          </Row>
        ))}
      </ul>
      {drafts.length > 0 && <h2 class="rows-title">{say('drafts')}</h2>}
      <ul class="rows">
        {drafts.map((row) => (
          <Row key={row.id} row={row} act={act} />
        ))}
      </ul>
    </>
  )
}

type Given = {
  row: ScheduledStatus
  act: (work: () => Promise<unknown>) => Promise<void>
  children?: preact.ComponentChildren
}

function Row({ row, act, children }: Given) {
  const { text, spoiler_text } = row.params
  const cancel = async () => {
    if (await confirmed(say('scheduled-cancel-sure'), say('delete')))
      await act(() => del(`${PATH}/${row.id}`))
  }
  return (
    <li>
      <span class="grow" dir="auto">
        {spoiler_text && <b>{spoiler_text} </b>}
        {text || say('post')}
        {row.media_attachments.length > 0 && (
          <span class="hint"> {say('scheduled-files', { n: row.media_attachments.length })}</span>
        )}
      </span>
      {children}
      <button type="button" class="button quiet" onClick={() => void cancel()}>
        {say('delete')}
      </button>
    </li>
  )
}

const local = (iso: string) =>
  new Date(Date.parse(iso) - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
