import { workInChild } from './child-work.ts'
import type { SoundAnswer, SoundFacts, SoundTask } from './sounds-tasks.ts'

const TIME_MS = 15_000
const HEAP_MIB = 192

/** What the headers of a film or sound say, read in a process of its own; null when they cannot be read. */
export async function readSound(task: SoundTask): Promise<SoundFacts | null> {
  const ended = await workInChild({ child: 'sounds-child', task, timeMs: TIME_MS, heapMib: HEAP_MIB })
  if (ended.code !== 0) return null
  const answer = JSON.parse(ended.output.toString('utf8')) as SoundAnswer
  return 'fault' in answer ? null : answer
}
