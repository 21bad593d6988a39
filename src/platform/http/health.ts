import type { Hono } from 'hono'
import { clientOf, type Site } from './facts.ts'

/** How ready the server is; `details` are shown to this machine only. */
export type Readiness = { ok: boolean; details?: Record<string, unknown> }

const MOST_WAIT = 2000

/**
 * Mounts /health, /livez and /api/v1/streaming/health (the process answers) and /readyz (it can also do its work: `ready` says so within
 * 2 s, else 503). They answer on every Host.
 */
export function mountHealth(hono: Hono<Site>, ready: () => Promise<Readiness>): void {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
  for (const path of ['/health', '/livez', '/health/live', '/api/v1/streaming/health']) {
    hono.get(path, () => new Response('OK', { headers }))
  }
  for (const path of ['/readyz', '/health/ready']) {
    hono.get(path, async (c) => {
      const { ok, details } = await within(ready)
      const { ip } = clientOf(c)
      const isLocal = ip === '::1' || ip.startsWith('127.')
      return c.json({ ok, ...(isLocal && details ? { details } : {}) }, ok ? 200 : 503, {
        'Cache-Control': 'no-store',
      })
    })
  }
}

async function within(ready: () => Promise<Readiness>): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(resolve, MOST_WAIT, { ok: false, details: { late: true } })
  })
  try {
    return await Promise.race([ready(), late])
  } catch (error) {
    return { ok: false, details: { error: error instanceof Error ? error.message : String(error) } }
  } finally {
    clearTimeout(timer)
  }
}
