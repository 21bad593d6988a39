import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '#app.ts'
import { DAY } from './times.ts'

/** Where files lie that nobody needs once a piece of work is done; on the disk, as some machines keep /tmp in memory. */
export function scratchDirectory(app: Pick<App, 'config'>): string {
  return join(app.config.dataDirectory, 'tmp')
}

/** Gives `work` a directory of its own that is gone, with everything in it, when the work has ended. */
export async function withScratch<T>(app: App, work: (directory: string) => Promise<T>): Promise<T> {
  const home = scratchDirectory(app)
  await mkdir(home, { recursive: true, mode: 0o700 })
  const directory = await mkdtemp(join(home, 'work-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Removes what a crash left behind a day ago or earlier. */
export async function sweepScratch(app: App): Promise<void> {
  const home = scratchDirectory(app)
  // Files carry the machine's time, whatever clock the server was given.
  const before = Date.now() - DAY
  for (const name of await readdir(home).catch(() => [])) {
    const found = await stat(join(home, name)).catch(() => null)
    if (found && found.mtimeMs < before) await rm(join(home, name), { recursive: true, force: true })
  }
}
