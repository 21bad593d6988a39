import { signal } from '@preact/signals'
import type { Status } from '#statuses/entities.ts'
import { del, get } from '../api.ts'
import { boot } from '../boot.ts'
import { confirmed } from '../pieces/menu.tsx'
import { toast } from '../pieces/toast.tsx'
import { forget } from '../store.ts'
import { say } from '../words.ts'

export type Visibility = Status['visibility']
export type Attached = {
  /** Only here until the server has it. */
  key: number
  id: string | null
  name: string
  type: string
  preview: string
  description: string
  state: 'sending' | 'ready' | 'failed'
  trouble?: string
}
export type PollDraft = { options: string[]; multiple: boolean; hideTotals: boolean; seconds: number }

/** A post being written. */
export type Draft = {
  text: string
  warning: string | null
  visibility: Visibility
  language: string
  sensitive: boolean
  media: Attached[]
  poll: PollDraft | null
  replyTo: Status | null
  quoting: Status | null
  /** The post that is being changed rather than a new one. */
  editing: string | null
  scheduledAt: string | null
  /** The same at every attempt, so that a post is published once. */
  key: string
}

const { source } = boot.me
const KEPT = 'hyrax draft'

/** A fresh draft with the writer's own defaults. */
export function blank(): Draft {
  return {
    text: '',
    warning: null,
    visibility: source.privacy as Visibility,
    language: source.language ?? navigator.language.split('-')[0] ?? 'en',
    sensitive: source.sensitive,
    media: [],
    poll: null,
    replyTo: null,
    quoting: null,
    editing: null,
    scheduledAt: null,
    key: crypto.randomUUID(),
  }
}

export const draft = signal<Draft>(restored() ?? blank())
/** Whether the composer stands open over the page. */
export const composing = signal(false)

/** Changes the draft and keeps it, so that a crash loses nothing. */
export function change(to: Partial<Draft>): void {
  draft.value = { ...draft.value, ...to }
  const { media, ...words } = draft.value
  const kept = {
    ...words,
    media: media.filter(({ state }) => state === 'ready').map((each) => ({ ...each, preview: '' })),
  }
  localStorage.setItem(KEPT, JSON.stringify(kept))
}

/** Empties the draft. */
export function reset(): void {
  draft.value = blank()
  localStorage.removeItem(KEPT)
}

export const isEmpty = ({ text, media, poll, quoting }: Draft): boolean =>
  !text.trim() && media.length === 0 && !poll && !quoting

function restored(): Draft | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? 'null')
    return kept && typeof kept.text === 'string' ? { ...blank(), ...kept } : null
  } catch {
    return null
  }
}

const WIDTH: Record<Visibility, number> = { public: 3, unlisted: 2, private: 1, direct: 0 }
const narrower = (one: Visibility, other: Visibility) => (WIDTH[one] < WIDTH[other] ? one : other)

type Wanted = { replyTo?: Status; quoting?: Status; text?: string }

/** Opens the composer: for an answer, a quote, or with some words. What was begun before is asked about, never lost. */
export async function compose({ replyTo, quoting, text }: Wanted = {}): Promise<void> {
  const { value: begun } = draft
  const sameReply = replyTo !== undefined && begun.replyTo?.id === replyTo.id
  if ((replyTo || quoting || text) && !sameReply) {
    if (!isEmpty(begun) && !(await confirmed(say('draft-discard-sure'), say('discard')))) {
      composing.value = true
      return
    }
    change({
      ...blank(),
      ...(replyTo ? answerTo(replyTo) : {}),
      ...(quoting ? { quoting } : {}),
      ...(text ? { text } : {}),
    })
  }
  composing.value = true
}

function answerTo(status: Status): Partial<Draft> {
  const people = [status.account, ...status.mentions]
    .map(({ acct }) => acct)
    .filter((acct) => acct !== boot.me.acct)
  return {
    replyTo: status,
    text: [...new Set(people)].map((acct) => `@${acct} `).join(''),
    warning: status.spoiler_text || null,
    visibility: narrower(status.visibility, source.privacy as Visibility),
    language: status.language ?? blank().language,
  }
}

/** Opens a post of one's own to change it. */
export async function editPost(status: Status): Promise<void> {
  await open(status, { editing: status.id })
}

/** Takes a post back and opens its words to be sent anew. */
export async function redraft(status: Status): Promise<void> {
  if (!(await confirmed(say('redraft-sure'), say('redraft')))) return
  if (!(await open(status, {}))) return
  await del(`/api/v1/statuses/${status.id}`)
  forget(status.id)
}

async function open(status: Status, more: Partial<Draft>): Promise<boolean> {
  try {
    const typed = await get<{ text: string; spoiler_text: string }>(`/api/v1/statuses/${status.id}/source`)
    change({
      ...blank(),
      text: typed.text,
      warning: typed.spoiler_text || null,
      visibility: status.visibility,
      sensitive: status.sensitive,
      language: status.language ?? blank().language,
      media: status.media_attachments.map((each, key) => ({
        key: -1 - key,
        id: each.id,
        name: each.description ?? '',
        type: each.type,
        preview: each.preview_url ?? '',
        description: each.description ?? '',
        state: 'ready',
      })),
      ...more,
    })
    composing.value = true
    return true
  } catch (error) {
    toast((error as Error).message)
    return false
  }
}
