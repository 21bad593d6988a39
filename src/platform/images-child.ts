import { Console } from 'node:console'
import { drawCopies, drawShape } from './images-draw.ts'
import type { ChildAnswer, ChildTask, PictureFault } from './images-tasks.ts'

// The whole of a short life: a task as argument, for some a picture on stdin; on stdout one line of JSON, then the
// new picture if it is not in a file. In-process the library would keep hundreds of megabytes after one large picture.

const MOST_MEMORY = 512 * 1024 * 1024

async function work(task: ChildTask): Promise<{ answer: ChildAnswer; bytes?: Buffer }> {
  try {
    if (task.kind === 'copies') return { answer: await drawCopies(task) }
    const { drawn, bytes } = await drawShape(task, await readInput())
    return { answer: drawn, bytes }
  } catch (error) {
    return { answer: { fault: faultOf(String(error)) } }
  }
}

function faultOf(error: string): PictureFault {
  if (/pixel limit/i.test(error)) return 'pixels'
  return /timeout/i.test(error) ? 'heavy' : 'damaged'
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

// Decoders print; stdout is for the answer.
globalThis.console = new Console(process.stderr)

setInterval(() => {
  if (process.memoryUsage.rss() > MOST_MEMORY) process.kill(process.pid, 'SIGKILL')
}, 20).unref()

const { answer, bytes } = await work(JSON.parse(process.argv[2] ?? '{}') as ChildTask)
process.stdout.write(`${JSON.stringify(answer)}\n`)
if (bytes) process.stdout.write(bytes)
