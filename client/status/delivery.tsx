import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Delivery } from '#statuses/delivery-api.ts'
import { get, Refused } from '../api.ts'
import { Time } from '../pieces/time.tsx'
import { say } from '../words.ts'

/** What became of an own post on its way to other servers; asked for when it is opened. */
export function DeliveryReport({ id }: { id: string }) {
  const { report, trouble } = useMemo(
    () => ({ report: signal<Delivery | null>(null), trouble: signal('') }),
    [id],
  )
  const load = async () => {
    try {
      report.value = await get<Delivery>(`/api/hyrax/v1/statuses/${id}/delivery`)
      trouble.value = ''
    } catch (error) {
      const isUnsent = error instanceof Refused && error.status === 404
      trouble.value = isUnsent ? say('delivery-none') : (error as Error).message
    }
  }
  return (
    <details class="push-choices" onToggle={({ currentTarget }) => currentTarget.open && void load()}>
      <summary>{say('delivery')}</summary>
      {trouble.value && <p>{trouble.value}</p>}
      {report.value && <Told report={report.value} />}
    </details>
  )
}

function Told({ report: { reached, waiting, refused } }: { report: Delivery }) {
  return (
    <>
      <p>{say('delivery-reached', { n: reached })}</p>
      {waiting.length > 0 && (
        <>
          <p>{say('delivery-waiting', { n: waiting.length })}</p>
          <ul>
            {waiting.map(({ host, next_try_at, last_error }) => (
              <li>
                <b dir="ltr">{host}</b> {say('delivery-next')} <Time iso={next_try_at} />
                {last_error && <span class="hint"> {last_error}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {refused.length > 0 && (
        <>
          <p>{say('delivery-refused', { n: refused.length })}</p>
          <ul>
            {refused.map(({ host, reason }) => (
              <li>
                <b dir="ltr">{host}</b> <span class="hint">{reason}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
