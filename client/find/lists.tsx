import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { del, post } from '../api.ts'
import { askOrKept } from '../offline/kept-lists.ts'
import { confirmed } from '../pieces/menu.tsx'
import { ColumnHead, Empty, Trouble } from '../pieces/states.tsx'
import { toast } from '../pieces/toast.tsx'
import { say } from '../words.ts'

type List = { id: string; title: string }
const lists = signal<List[] | null>(null)
const trouble = signal('')

async function load(): Promise<void> {
  try {
    lists.value = (await askOrKept<List[]>('/api/v1/lists')).data
    trouble.value = ''
  } catch (error) {
    trouble.value = (error as Error).message
  }
}

async function act(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
    await load()
  } catch (error) {
    toast((error as Error).message)
  }
}

/** The reader's lists, and a line to begin another. */
export function ListsPage() {
  useEffect(() => void load(), [])
  return (
    <>
      <ColumnHead title={say('lists')} />
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          const title = String(new FormData(form).get('title')).trim()
          if (title) void act(() => post('/api/v1/lists', { title })).then(() => form.reset())
        }}
      >
        <input
          class="input"
          name="title"
          required
          maxLength={255}
          aria-label={say('list-title')}
          placeholder={say('list-title')}
        />
        <button class="button main">{say('list-add')}</button>
      </form>
      {trouble.value && <Trouble text={trouble.value} again={() => void load()} />}
      {lists.value?.length === 0 && (
        <Empty>
          <p>{say('lists-empty')}</p>
        </Empty>
      )}
      <ul class="rows">
        {lists.value?.map(({ id, title }) => (
          <li key={id}>
            <a class="grow" href={`/lists/${id}`} dir="auto">
              {title}
            </a>
            <button
              type="button"
              class="button quiet"
              onClick={() =>
                void confirmed(say('list-delete-sure', { title }), say('delete')).then((sure) =>
                  sure ? act(() => del(`/api/v1/lists/${id}`)) : undefined,
                )
              }
            >
              {say('delete')}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
