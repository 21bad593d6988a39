import { say } from '../words.ts'
import { mayUpdate, takeUpdate } from './install.ts'
import { waitingCount } from './outbox.ts'

/** What is to be known of the line and of this app: what waits to be sent, and that a newer version is there. */
export function OfflineNotices() {
  return (
    <>
      {waitingCount.value > 0 && (
        <p class="line-state" role="status">
          {say('outbox-waiting', { n: waitingCount.value })}
        </p>
      )}
      {mayUpdate() && (
        <p class="line-state" role="status">
          {say('update-ready')}{' '}
          <button type="button" class="button small" onClick={takeUpdate}>
            {say('reload')}
          </button>
        </p>
      )}
    </>
  )
}
