import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'
import { say } from '../words.ts'
import { Icon } from './icon.tsx'

export type MenuItem =
  | { words: string; run?: () => void; href?: string; danger?: boolean }
  | false
  | undefined

/** A button that opens a list of things to do; arrows move in it, Escape closes it and returns the focus. */
export function Menu({ label, items, face }: { label: string; items: MenuItem[]; face?: ComponentChildren }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    all.at(to % all.length)?.focus()
  }
  const close = () => list.current?.hidePopover()
  return (
    <>
      <button
        type="button"
        class="action"
        popovertarget={id}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
      >
        {face ?? <Icon name="more" />}
      </button>
      <div
        id={id}
        ref={list}
        popover="auto"
        class="menu"
        role="menu"
        tabIndex={-1}
        onKeyDown={move}
        onToggle={(event) => {
          if (event.newState === 'open') list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
        }}
      >
        {items.map((item) => item && <Item item={item} close={close} />)}
      </div>
    </>
  )
}

function Item({ item, close }: { item: Exclude<MenuItem, false | undefined>; close: () => void }) {
  const { words, run, href, danger } = item
  if (href)
    return (
      <a
        role="menuitem"
        href={href}
        target={href.startsWith('/') ? undefined : '_blank'}
        rel="noreferrer"
        onClick={close}
      >
        {words}
      </a>
    )
  return (
    <button
      type="button"
      role="menuitem"
      class={danger ? 'danger' : ''}
      onClick={() => {
        close()
        run?.()
      }}
    >
      {words}
    </button>
  )
}

/** A question with two answers; true when it was confirmed. */
export async function confirmed(question: string, yes: string): Promise<boolean> {
  const answers: Answer[] = [
    { value: '', words: say('cancel'), look: 'button' },
    { value: 'yes', words: yes, look: 'button danger' },
  ]
  return (await answered(question, answers)) === 'yes'
}

/** One of several, each a button; empty when none was chosen. */
export const chosen = (question: string, all: readonly string[]): Promise<string> =>
  answered(question, [
    ...all.map((value) => ({ value, words: value, look: 'button' })),
    { value: '', words: say('cancel'), look: 'button quiet' },
  ])

type Answer = { value: string; words: string; look: string }

function answered(question: string, answers: readonly Answer[]): Promise<string> {
  const dialog = document.createElement('dialog')
  dialog.className = 'dialog'
  const text = document.createElement('p')
  text.textContent = question
  const form = document.createElement('form')
  form.method = 'dialog'
  form.className = 'buttons'
  for (const { value, words, look } of answers) {
    const button = document.createElement('button')
    button.value = value
    button.className = look
    button.textContent = words
    form.append(button)
  }
  dialog.append(text, form)
  dialog.setAttribute('aria-label', question)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue)
    })
  })
}
