import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { lowerPriority } from './child-work.ts'
import type { FilmFormat, SoundFormat } from './media-sniff.ts'
import { mediaLimits } from './media-types.ts'

export type Programs = { ffmpeg: string; ffprobe: string }
type Format = FilmFormat | SoundFormat | 'gif'

const PROBE_MS = 20_000
const MAKE_MS = 12 * 60_000
const STILL_MS = 30_000
const MOST_MEMORY = 768 * 1024 * 1024
const LOOK_EVERY_MS = 250
const PAGE = 4096
const MOST_OUTPUT = 1024 * 1024
const MOST_SIDE = 1920
const MOST_STREAMS = 32

/** The one demuxer the content was recognised for: it cannot be talked into playlists of other files (MED-08). */
const DEMUXERS: Record<Format, string> = {
  mp4: 'mov',
  quicktime: 'mov',
  webm: 'matroska',
  ogv: 'ogg',
  gif: 'gif',
  mp3: 'mp3',
  m4a: 'mov',
  ogg: 'ogg',
  flac: 'flac',
  wav: 'wav',
  aac: 'aac',
}

/** Decoders that may run on what strangers send (MED-09). */
const DECODERS = [
  'h264,hevc,vp8,vp9,av1,libdav1d,libaom-av1,mpeg4,theora,gif,mjpeg,png',
  'aac,mp3,mp3float,vorbis,opus,libopus,flac,alac,ac3,eac3',
  'pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ms',
].join(',')

const input = (format: Format, path: string) => [
  '-protocol_whitelist',
  'file',
  '-codec_whitelist',
  DECODERS,
  '-f',
  DEMUXERS[format],
  '-i',
  `file:${path}`,
]

/** What a film or sound is made of. */
export type Probed = {
  video: { codec: string; pixels: string; width: number; height: number; frameRate: string } | null
  sound: { codec: string } | null
  seconds: number | null
  bitrate: number | null
}

/** Why a film is not taken. */
export type ProbeFault = 'damaged' | 'pixels' | 'frames'

/** Reads what a film or sound is made of; says why when it is damaged or beyond the limits (MED-10). */
export async function probe(programs: Programs, format: Format, path: string): Promise<Probed | ProbeFault> {
  const line = ['-v', 'error', '-show_entries', 'format=duration,bit_rate:stream', '-of', 'json']
  const found = await run(programs.ffprobe, [...line, ...input(format, path)], PROBE_MS)
  if (found.code !== 0) return 'damaged'
  const { streams = [], format: whole = {} } = JSON.parse(found.output) as ProbeOutput
  if (streams.length > MOST_STREAMS) return 'damaged'
  const video = streams.find((each) => each.codec_type === 'video' && each.disposition?.attached_pic !== 1)
  const sound = streams.find((each) => each.codec_type === 'audio')
  const seconds = Number(whole.duration) || null
  return (
    beyond(video, seconds) ?? {
      video: video ? videoOf(video) : null,
      sound: sound ? { codec: sound.codec_name } : null,
      seconds,
      bitrate: Number(whole.bit_rate) || null,
    }
  )
}

type ProbeStream = {
  codec_type: string
  codec_name: string
  pix_fmt?: string
  width?: number
  height?: number
  avg_frame_rate?: string
  r_frame_rate?: string
  disposition?: { attached_pic?: number }
  side_data_list?: { rotation?: number }[]
}
type ProbeOutput = { streams?: ProbeStream[]; format?: { duration?: string; bit_rate?: string } }

function beyond(video: ProbeStream | undefined, seconds: number | null): ProbeFault | null {
  if (!video) return null
  const { width = 0, height = 0 } = video
  if (width < 1 || height < 1) return 'damaged'
  if (width * height > mediaLimits.filmPixels) return 'pixels'
  const rate = rateOf(video.avg_frame_rate ?? '')
  const tooFast = rate > mediaLimits.filmFrameRate
  return tooFast || rate * (seconds ?? 0) > mediaLimits.filmFrames ? 'frames' : null
}

function videoOf(stream: ProbeStream): NonNullable<Probed['video']> {
  const { width = 0, height = 0 } = stream
  const turned = stream.side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90)
  return {
    codec: stream.codec_name,
    pixels: stream.pix_fmt ?? '',
    frameRate: stream.avg_frame_rate ?? '0/1',
    ...(turned ? { width: height, height: width } : { width, height }),
  }
}

function rateOf(ratio: string): number {
  const [above = 0, below = 1] = ratio.split('/').map(Number)
  return below > 0 ? above / below : 0
}

/** Makes an MP4 that browsers and telephones play; what is one already is copied. False when it cannot be made. */
export async function makeFilm(
  programs: Programs,
  given: { format: Format; path: string; probed: Probed },
  output: string,
): Promise<boolean> {
  const { format, path, probed } = given
  const fits = probed.video?.codec === 'h264' && probed.video.pixels === 'yuv420p'
  const copies = fits && (probed.sound === null || probed.sound.codec === 'aac') && format !== 'gif'
  const side = `'min(${MOST_SIDE},iw)':'min(${MOST_SIDE},ih)'`
  const scale = `scale=${side}:force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p`
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-maxrate', '3M', '-bufsize', '6M']
  const drawn = [...video, '-vf', scale, '-fpsmax', '60', '-threads', '2', '-c:a', 'aac', '-b:a', '128k']
  const line = [
    ...['-nostdin', '-v', 'error', '-y', ...input(format, path)],
    ...[
      '-map',
      '0:v:0',
      '-map',
      '0:a:0?',
      '-map_metadata',
      '-1',
      '-map_chapters',
      '-1',
      '-fflags',
      '+bitexact',
    ],
    ...(copies ? ['-c', 'copy'] : drawn),
    ...['-movflags', '+faststart', '-fs', String(mediaLimits.filmBytes), '-f', 'mp4', output],
  ]
  return (await run(programs.ffmpeg, line, MAKE_MS)).code === 0
}

/** Makes an MP3; false when it cannot be made. */
export async function makeSound(
  programs: Programs,
  given: { format: Format; path: string },
  output: string,
): Promise<boolean> {
  const line = [
    ...['-nostdin', '-v', 'error', '-y', ...input(given.format, given.path)],
    ...['-map', '0:a:0', '-map_metadata', '-1', '-c:a', 'libmp3lame', '-q:a', '2', '-threads', '1'],
    ...['-fs', String(mediaLimits.filmBytes), '-f', 'mp3', output],
  ]
  return (await run(programs.ffmpeg, line, MAKE_MS)).code === 0
}

/** Takes the first picture of a film as a PNG; false when there is none. */
export async function takeStill(
  programs: Programs,
  format: Format,
  path: string,
  output: string,
): Promise<boolean> {
  const line = ['-nostdin', '-v', 'error', '-y', ...input(format, path)]
  const still = ['-map', '0:v:0', '-frames:v', '1', '-threads', '1', '-c:v', 'png', '-f', 'image2', output]
  return (await run(programs.ffmpeg, [...line, ...still], STILL_MS)).code === 0
}

type Ran = { code: number | null; output: string }

/** Runs a program with nothing of ours in its environment, bounded in time and memory; `code` is null when it was ended. */
function run(program: string, line: string[], timeMs: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, line, {
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: timeMs,
      killSignal: 'SIGKILL',
    })
    const { pid } = child
    if (pid !== undefined) lowerPriority(pid)
    const watch = setInterval(() => {
      if (pid !== undefined) void bytesOf(pid).then((bytes) => bytes > MOST_MEMORY && child.kill('SIGKILL'))
    }, LOOK_EVERY_MS)
    const chunks: Buffer[] = []
    let size = 0
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_OUTPUT) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.once('error', (error) => {
      clearInterval(watch)
      reject(error)
    })
    child.once('close', (code) => {
      clearInterval(watch)
      resolve({ code, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

/** What a process holds in memory; 0 where the system does not say. */
async function bytesOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return Number(text.split(' ')[1] ?? 0) * PAGE
}
