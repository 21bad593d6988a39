import { isMainThread } from 'node:worker_threads'

// The work thread runs this same file: a bundle has no other file to name.
if (isMainThread) {
  const { runProgram } = await import('./program.ts')
  await runProgram()
} else {
  const { work } = await import('./work-thread.ts')
  await work()
}
