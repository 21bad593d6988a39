import type { RefObject } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { say } from '../words.ts'
import { change } from './state.ts'
import type { Suggestion } from './suggest.ts'
import { suggest, wordAt } from './suggest.ts'

type Given = { text: string; language: string; onSend: () => void; onFiles: (files: FileList) => void }
const PAUSE_MS = 200

/** Where the words of a post are typed; `@`, `#` and `:` offer people, tags and emoji. */
export function TextBox({ text, language, onSend, onFiles }: Given) {
  const box = useRef<HTMLTextAreaElement>(null)
  const list = useId()
  const [offers, setOffers] = useState<Suggestion[]>([])
  const [at, setAt] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useFocusAtEnd(box)
  const look = () => {
    clearTimeout(timer.current)
    const word = wordAt(box.current)
    if (!word) return setOffers([])
    timer.current = setTimeout(async () => {
      setOffers(await suggest(word.text))
      setAt(0)
    }, PAUSE_MS)
  }
  const take = (offer: Suggestion) => {
    const word = wordAt(box.current)
    if (!word || !box.current) return
    const next = `${text.slice(0, word.start)}${offer.insert} `
    change({ text: next + text.slice(word.end) })
    setOffers([])
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(next.length, next.length)
    })
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return onSend()
    }
    const chosen = offers[at]
    if (!chosen) return
    const moved = { ArrowDown: at + 1, ArrowUp: at - 1 + offers.length }[event.key]
    if (moved !== undefined) setAt(moved % offers.length)
    else if (event.key === 'Enter' || event.key === 'Tab') take(chosen)
    else if (event.key === 'Escape') setOffers([])
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="text-box">
      <textarea
        ref={box}
        class="input"
        dir="auto"
        lang={language}
        rows={5}
        aria-label={say('compose-hint')}
        aria-autocomplete="list"
        aria-controls={list}
        aria-activedescendant={offers.length > 0 ? `${list}-${at}` : undefined}
        placeholder={say('compose-hint')}
        value={text}
        onInput={({ currentTarget }) => {
          change({ text: currentTarget.value })
          look()
        }}
        onKeyDown={keys}
        onBlur={() => setTimeout(() => setOffers([]), PAUSE_MS)}
        onPaste={(event) => {
          const files = event.clipboardData?.files
          if (files?.length) {
            event.preventDefault()
            onFiles(files)
          }
        }}
      />
      <Offers id={list} offers={offers} at={at} take={take} />
    </div>
  )
}

/** Puts the cursor behind what is written already. */
function useFocusAtEnd(box: RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    // The dialog gives the focus to its first control when it opens, which is after this.
    const timer = setTimeout(() => {
      const length = box.current?.value.length ?? 0
      box.current?.focus()
      box.current?.setSelectionRange(length, length)
    })
    return () => clearTimeout(timer)
  }, [box])
}

type Offered = { id: string; offers: Suggestion[]; at: number; take: (offer: Suggestion) => void }

function Offers({ id, offers, at, take }: Offered) {
  return (
    <ul id={id} class="offers" role="listbox" aria-label={say('suggestions')} hidden={offers.length === 0}>
      {offers.map((offer, index) => (
        <li id={`${id}-${index}`} role="option" aria-selected={index === at} onClick={() => take(offer)}>
          {offer.image && <img src={offer.image} alt="" width="24" height="24" />}
          <span dir="auto">{offer.words}</span>
        </li>
      ))}
    </ul>
  )
}
