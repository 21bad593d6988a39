import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const LOOK_EVERY = 100
/** How often in a row nothing may be due before the work counts as done. */
const QUIET_LOOKS = 3
const WITHIN = 120_000

/** Resolves when everything that a load left behind has been worked off; throws when that takes minutes. */
export async function settle(folder: string): Promise<void> {
  const db = new DatabaseSync(join(folder, 'hyrax.db'), { readOnly: true, timeout: 5000 })
  const due = db.prepare('select count(*) as n from job where state in (0, 1, 2) and run_at <= ?')
  const end = performance.now() + WITHIN
  try {
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      if (performance.now() > end) throw new Error('what the load left behind was not worked off in time')
      const { n } = due.get(Date.now()) as { n: number }
      quiet = n === 0 ? quiet + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
    }
  } finally {
    db.close()
  }
}
