import { Console } from 'node:console'
import { writeFile } from 'node:fs/promises'
import { parseFile } from 'music-metadata'
import type { SoundAnswer, SoundTask } from './sounds-tasks.ts'

// The whole of a short life: a task as argument; on stdout one line of JSON. What reads strangers' headers may loop or
// swell, and does so here alone.

const MOST_MEMORY = 512 * 1024 * 1024
const VIDEO_TRACK = 1

async function read(task: SoundTask): Promise<SoundAnswer> {
  try {
    const { format, common } = await parseFile(task.input, { duration: true })
    const cover = common.picture?.[0]
    if (cover) await writeFile(task.cover, cover.data, { mode: 0o600 })
    const film = format.trackInfo.find((track) => track.type === VIDEO_TRACK)
    return {
      seconds: finite(format.duration),
      bitrate: finite(format.bitrate),
      width: finite(film?.video?.pixelWidth),
      height: finite(film?.video?.pixelHeight),
      hasVideo: film !== undefined || format.hasVideo === true,
      hasSound: format.hasAudio !== false && (format.sampleRate ?? 0) > 0,
      hasCover: cover !== undefined,
    }
  } catch {
    return { fault: 'damaged' }
  }
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : null
}

// Parsers print; stdout is for the answer.
globalThis.console = new Console(process.stderr)

setInterval(() => {
  if (process.memoryUsage.rss() > MOST_MEMORY) process.kill(process.pid, 'SIGKILL')
}, 20).unref()

process.stdout.write(`${JSON.stringify(await read(JSON.parse(process.argv[2] ?? '{}') as SoundTask))}\n`)
