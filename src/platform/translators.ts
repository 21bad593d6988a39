import { z } from 'zod'
import type { App } from '#app.ts'
import { tooMany, unavailable } from './errors.ts'
import type { HttpAnswer } from './http-client.ts'
import { SECOND } from './times.ts'

/** Pieces of HTML in another language, in their order. */
export type Translated = { texts: string[]; from: string }

/** A service that translates; every call may throw `unavailable` (503) or `tooMany` (429). */
export type Translator = {
  name: string
  /** What it can make of what: targets by source, `und` where the source need not be known. */
  languages(): Promise<Record<string, string[]>>
  translate(texts: readonly string[], from: string | null, to: string): Promise<Translated>
}

const TIMEOUT = 20 * SECOND

/** The service the settings name, or null. */
export function translatorOf(app: Pick<App, 'config' | 'http'>): Translator | null {
  const { libreTranslateEndpoint, libreTranslateApiKey, deeplApiKey, deeplPlan } = app.config
  if (libreTranslateEndpoint) return libreTranslate(app, libreTranslateEndpoint, libreTranslateApiKey)
  return deeplApiKey ? deepL(app, deeplApiKey, deeplPlan) : null
}

type Asker = Pick<App, 'http'>
type Ask = { method: string; url: string; headers?: Record<string, string>; body?: string; ofKeeper: boolean }

async function ask<Answer>(app: Asker, asked: Ask, shape: z.ZodType<Answer>): Promise<Answer> {
  let answer: HttpAnswer
  try {
    answer = await app.http.request({ ...asked, timeoutMs: TIMEOUT })
  } catch {
    throw unavailable('The translation service cannot be reached')
  }
  if (answer.status === 429) throw tooMany('The translation service is busy')
  // 456 is DeepL's word for a month that is used up; LibreTranslate says 403.
  if (answer.status === 456 || answer.status === 403)
    throw unavailable('The translation service has no quota left')
  const read = answer.status === 200 ? shape.safeParse(parsed(answer.body)) : null
  if (!read?.success) throw unavailable('The translation service gave no answer that can be used')
  return read.data
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

const json = { 'content-type': 'application/json', accept: 'application/json' }

const LibreLanguages = z.array(z.object({ code: z.string(), targets: z.array(z.string()).default([]) }))
const LibreAnswer = z.object({
  translatedText: z.array(z.string()),
  detectedLanguage: z
    .union([z.object({ language: z.string() }), z.array(z.object({ language: z.string() }))])
    .optional(),
})

/** https://docs.libretranslate.com/guides/api_usage/ */
function libreTranslate(app: Asker, endpoint: string, key: string | undefined): Translator {
  const base = endpoint.replace(/\/+$/, '')
  return {
    name: 'LibreTranslate',
    async languages() {
      const asked = { method: 'GET', url: `${base}/languages`, ofKeeper: true }
      const known = await ask(app, asked, LibreLanguages)
      const all = known.map(({ code }) => code)
      const others = (code: string) => known.find((each) => each.code === code)?.targets ?? []
      return Object.fromEntries([
        ...known.map(({ code }) => [code, others(code).filter((each) => each !== code)]),
        ['und', all],
      ])
    },
    async translate(texts, from, to) {
      const body = JSON.stringify({
        q: texts,
        source: from ?? 'auto',
        target: to,
        format: 'html',
        ...(key ? { api_key: key } : {}),
      })
      const asked = { method: 'POST', url: `${base}/translate`, headers: json, body, ofKeeper: true }
      const { translatedText, detectedLanguage } = await ask(app, asked, LibreAnswer)
      const [detected] = Array.isArray(detectedLanguage) ? detectedLanguage : [detectedLanguage]
      return complete(texts, translatedText, from ?? detected?.language ?? 'und')
    },
  }
}

const DeepLLanguages = z.array(z.object({ language: z.string() }))
const DeepLAnswer = z.object({
  translations: z.array(z.object({ text: z.string(), detected_source_language: z.string() })),
})

/** https://developers.deepl.com/docs/api-reference/translate */
function deepL(app: Asker, key: string, plan: 'free' | 'pro'): Translator {
  const base = `https://${plan === 'pro' ? 'api' : 'api-free'}.deepl.com/v2`
  const headers = { ...json, authorization: `DeepL-Auth-Key ${key}` }
  const listed = async (type: 'source' | 'target') => {
    const asked = { method: 'GET', url: `${base}/languages?type=${type}`, headers, ofKeeper: false }
    return (await ask(app, asked, DeepLLanguages)).map(({ language }) => language.toLowerCase())
  }
  return {
    name: 'DeepL.com',
    async languages() {
      const [sources, named] = [await listed('source'), await listed('target')]
      // Of English and Portuguese it names kinds only, but takes the plain word too.
      const targets = [...new Set([...named, ...named.map((each) => each.split('-')[0] as string)])]
      const others = (code: string) => targets.filter((each) => each.split('-')[0] !== code)
      return Object.fromEntries([...sources.map((code) => [code, others(code)]), ['und', targets]])
    },
    async translate(texts, from, to) {
      const wanted = { text: texts, target_lang: to.toUpperCase(), tag_handling: 'html' }
      const body = JSON.stringify({ ...wanted, ...(from ? { source_lang: from.toUpperCase() } : {}) })
      const asked = { method: 'POST', url: `${base}/translate`, headers, body, ofKeeper: false }
      const { translations } = await ask(app, asked, DeepLAnswer)
      const source = translations[0]?.detected_source_language.toLowerCase()
      return complete(
        texts,
        translations.map(({ text }) => text),
        source ?? from ?? 'und',
      )
    },
  }
}

function complete(asked: readonly string[], texts: string[], from: string): Translated {
  if (texts.length !== asked.length) throw unavailable('The translation service left something out')
  return { texts, from }
}
