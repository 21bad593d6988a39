import { useEffect, useRef, useState } from 'preact/hooks'
import { Offline } from '../api.ts'
import { boot } from '../boot.ts'
import { Icon } from '../pieces/icon.tsx'
import { toast } from '../pieces/toast.tsx'
import { wordsOf } from '../status/content.tsx'
import { say } from '../words.ts'
import { Attachments, attach, sendDescriptions } from './attachments.tsx'
import { countLetters } from './letters.ts'
import { freshPoll, PollForm } from './poll-form.tsx'
import { publish, publishLater } from './publish.ts'
import type { Draft, Visibility } from './state.ts'
import { blank, change, composing, draft, isEmpty, reset } from './state.ts'
import { TextBox } from './text-box.tsx'

const { statuses: limits, media_attachments: media } = boot.instance.configuration
const VISIBILITIES: Visibility[] = ['public', 'unlisted', 'private', 'direct']

/** How many letters are left: links and hosts of mentions count as the server counts them. */
export function leftOf({ text, warning }: Pick<Draft, 'text' | 'warning'>): number {
  return limits.max_characters - countLetters(text, warning)
}

/** The composer over the page; closing keeps what was written. */
export function ComposeDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = composing.value
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal()
    if (!open) dialog.current?.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      class="dialog composer-dialog"
      aria-label={say('compose')}
      onClose={() => {
        composing.value = false
      }}
    >
      {open && <Composer done={() => dialog.current?.close()} />}
    </dialog>
  )
}

/** The form a post is written in. */
export function Composer({ done }: { done: () => void }) {
  const given = draft.value
  const [sending, setSending] = useState(false)
  const [trouble, setTrouble] = useState('')
  const left = leftOf(given)
  const waiting = given.media.some(({ state }) => state === 'sending')
  const undescribed = given.media.filter(({ description }) => !description).length
  const send = async () => {
    if (sending || waiting || left < 0 || isEmpty(given)) return
    setSending(true)
    setTrouble('')
    try {
      if (!given.editing) await sendDescriptions(given.media)
      const status = await publish(given)
      reset()
      toast(status ? say(given.editing ? 'changed' : 'published') : say('scheduled-note'))
      done()
    } catch (error) {
      if (error instanceof Offline && (await publishLater(given))) {
        reset()
        toast(say('outbox-kept'))
        done()
      } else setTrouble(error instanceof Offline ? say('offline-not-sent') : (error as Error).message)
    } finally {
      setSending(false)
    }
  }
  return (
    <form
      class={`composer ${given.visibility}`}
      data-part="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        attach(event.dataTransfer?.files ?? [])
      }}
    >
      <ComposerHead draft={given} done={done} />
      {given.warning !== null && (
        <input
          class="input warning"
          dir="auto"
          aria-label={say('warning')}
          placeholder={say('warning-hint')}
          value={given.warning}
          onInput={({ currentTarget }) => change({ warning: currentTarget.value })}
        />
      )}
      <TextBox text={given.text} language={given.language} onSend={() => void send()} onFiles={attach} />
      <Attachments media={given.media} />
      {given.poll && <PollForm poll={given.poll} />}
      {undescribed > 0 && <p class="hint">{say('media-undescribed', { n: undescribed })}</p>}
      {trouble && (
        <p class="error" role="alert">
          {trouble}
        </p>
      )}
      <div class="composer-foot">
        <Tools draft={given} />
        <output class={left < 0 ? 'left over' : 'left'} aria-label={say('letters-left', { n: left })}>
          {left}
        </output>
        <button class="button main" disabled={sending || waiting || left < 0 || isEmpty(given)}>
          {say(given.editing ? 'save' : given.scheduledAt ? 'schedule' : 'publish')}
        </button>
      </div>
    </form>
  )
}

function ComposerHead({ draft: given, done }: { draft: Draft; done: () => void }) {
  const { replyTo, quoting, visibility, editing } = given
  const wider = replyTo && VISIBILITIES.indexOf(visibility) < VISIBILITIES.indexOf(replyTo.visibility)
  return (
    <>
      <div class="composer-head">
        <label>
          <span class="hidden-text">{say('audience')}</span>
          <select
            class="input"
            value={visibility}
            disabled={editing !== null}
            onChange={({ currentTarget }) => change({ visibility: currentTarget.value as Visibility })}
          >
            {VISIBILITIES.map((each) => (
              <option value={each}>{say(`audience-${each}`)}</option>
            ))}
          </select>
        </label>
        <label>
          <span class="hidden-text">{say('language')}</span>
          <select
            class="input"
            value={given.language}
            onChange={({ currentTarget }) => change({ language: currentTarget.value })}
          >
            {languages(given.language).map(([code, name]) => (
              <option value={code}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" class="action close" aria-label={say('close')} onClick={done}>
          <Icon name="close" />
        </button>
      </div>
      {replyTo && (
        <p class="reply-chip" dir="auto">
          <b>{say('replying-to', { who: `@${replyTo.account.acct}` })}</b>{' '}
          {wordsOf(replyTo.content).slice(0, 160)}
        </p>
      )}
      {quoting && (
        <p class="reply-chip" dir="auto">
          <b>{say('quoting', { who: `@${quoting.account.acct}` })}</b>{' '}
          {wordsOf(quoting.content).slice(0, 160)}
        </p>
      )}
      <p class="hint">{say(`audience-${visibility}-long`)}</p>
      {wider && <p class="error">{say('audience-wider')}</p>}
    </>
  )
}

function Tools({ draft: given }: { draft: Draft }) {
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div class="tools">
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={media.supported_mime_types.join(',')}
        onChange={({ currentTarget }) => {
          attach(currentTarget.files ?? [])
          currentTarget.value = ''
        }}
      />
      <Tool name="image" words={say('add-media')} run={() => picker.current?.click()} />
      <Tool
        name="poll"
        words={say('add-poll')}
        on={given.poll !== null}
        disabled={given.media.length > 0}
        run={() => change({ poll: given.poll ? null : freshPoll() })}
      />
      <Tool
        name="warn"
        words={say('add-warning')}
        on={given.warning !== null}
        run={() => change({ warning: given.warning === null ? '' : null })}
      />
      {given.media.length > 0 && given.warning === null && (
        <Tool
          name="hidden"
          words={say('mark-sensitive')}
          on={given.sensitive}
          run={() => change({ sensitive: !given.sensitive })}
        />
      )}
      <Later draft={given} />
      {!isEmpty(given) && <Tool name="trash" words={say('discard')} run={() => change(blank())} />}
    </div>
  )
}

type ToolOf = {
  name: Parameters<typeof Icon>[0]['name']
  words: string
  on?: boolean
  disabled?: boolean
  run: () => void
}

function Tool({ name, words, on, disabled = false, run }: ToolOf) {
  return (
    <button
      type="button"
      class="action"
      aria-label={words}
      title={words}
      aria-pressed={on}
      disabled={disabled}
      onClick={run}
    >
      <Icon name={name} />
    </button>
  )
}

function Later({ draft: { editing, scheduledAt } }: { draft: Draft }) {
  if (editing) return null
  if (scheduledAt === null)
    return (
      <Tool
        name="clock"
        words={say('later')}
        run={() => change({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() })}
      />
    )
  const local = new Date(Date.parse(scheduledAt) - new Date().getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 16)
  return (
    <span class="later">
      <input
        type="datetime-local"
        class="input"
        aria-label={say('later')}
        value={local}
        onChange={({ currentTarget }) =>
          currentTarget.value && change({ scheduledAt: new Date(currentTarget.value).toISOString() })
        }
      />
      <Tool name="close" words={say('now')} run={() => change({ scheduledAt: null })} />
    </span>
  )
}

const names = new Intl.DisplayNames(undefined, { type: 'language' })
const COMMON =
  'en de fr es pt it nl pl ru uk ar fa he hi bn ja ko zh tr sv da nb fi cs el hu ro ca eu eo'.split(' ')

function languages(current: string): [string, string][] {
  const codes = new Set([
    current,
    ...navigator.languages.map((each) => each.split('-')[0] ?? each),
    ...COMMON,
  ])
  return [...codes].map((code) => [code, names.of(code) ?? code])
}
