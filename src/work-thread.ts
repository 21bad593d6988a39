import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '#platform/config.ts'
import { trimAfterStart } from '#platform/memory.ts'
import { openPart } from './open-parts.ts'
import { keepIndexing } from './search/index-todo.ts'
import { startWorker } from './start-worker.ts'

export type WorkOrder = { config: Config; turn?: SharedArrayBuffer }

/** The work thread: deliveries, the inbox, what is owed and what runs by the clock, until the web thread says stop. */
export async function work(): Promise<void> {
  const { config, turn } = workerData as WorkOrder
  const part = await openPart({ name: 'work', config, ...(turn ? { turn } : {}) })
  await part.holdWriter()
  await part.app.domains.reload()
  const worker = startWorker(part.app)
  const stopIndexing = keepIndexing(part.app)
  trimAfterStart()
  parentPort?.once('message', async () => {
    await worker.stop()
    await stopIndexing()
    await part.close()
    parentPort?.postMessage('stopped')
    parentPort?.close()
  })
}
