import type { ComponentChildren } from 'preact'
import { say } from '../words.ts'

/** Nothing here: why, and what to do. */
export const Empty = ({ children }: { children: ComponentChildren }) => <div class="empty">{children}</div>

/** What went wrong in one sentence, and one way on. */
export function Trouble({ text, again }: { text: string; again?: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{text}</p>
      {again && (
        <button type="button" class="button" onClick={again}>
          {say('try-again')}
        </button>
      )}
    </div>
  )
}

/** The outline of what is on its way, as tall as what will come. */
export function Waiting({ rows = 4 }: { rows?: number }) {
  return (
    <div class="skeletons" role="status" aria-label={say('loading')}>
      {Array.from({ length: rows }, () => (
        <div class="skeleton" aria-hidden="true">
          <span class="avatar" />
          <span class="lines">
            <span />
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  )
}

/** The bar at the top of a column: a title, and what belongs beside it. */
export function ColumnHead({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <header class="column-head">
      <h1>{title}</h1>
      {children}
    </header>
  )
}
