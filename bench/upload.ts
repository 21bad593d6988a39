import { request } from 'node:http'
import sharp from 'sharp'
import type { BenchServer } from './server.ts'
import { tokens } from './world.ts'

const AT_ONCE = 2
const LOOK_EVERY = 20
const BOUNDARY = 'bench-boundary'

export type UploadLine = { per_second: number; growth_mb: number; picture: string }

/** Sends a photograph of 12 million points again and again; measures uploads a second and how far the server's own memory grows. */
export async function measureUploads(server: BenchServer, seconds: number): Promise<UploadLine> {
  const picture = await photograph()
  const body = Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    picture,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])
  await upload(server, await smallBody())
  const before = server.residentMb()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, server.residentMb())
  }, LOOK_EVERY)
  const began = performance.now()
  let done = 0
  const one = async () => {
    while (performance.now() - began < seconds * 1000) {
      await upload(server, body)
      done++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  clearInterval(watch)
  const took = (performance.now() - began) / 1000
  return {
    per_second: Math.round((done / took) * 100) / 100,
    growth_mb: Math.round(peak - before),
    picture: `4000 x 3000 JPEG of ${(picture.length / 1024 / 1024).toFixed(1)} MiB`,
  }
}

/** Blurred noise: neither as easy as one colour nor as hard as none. */
function photograph(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  return sharp({ create: { width: 1000, height: 750, channels: 3, noise, background: '#000' } })
    .resize(4000, 3000)
    .jpeg({ quality: 92 })
    .toBuffer()
}

async function smallBody(): Promise<Buffer> {
  const small = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a04010' } })
    .jpeg()
    .toBuffer()
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`
  return Buffer.concat([Buffer.from(head), small, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
}

function upload(server: BenchServer, body: Buffer): Promise<void> {
  const headers = {
    host: 'localhost:9999',
    authorization: `Bearer ${tokens.poster}`,
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(body.length),
  }
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port: server.port, method: 'POST', path: '/api/v2/media', headers },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve()
            : reject(new Error(`an upload answered ${answer.statusCode}`)),
        )
      },
    )
    asking.on('error', reject)
    asking.end(body)
  })
}
