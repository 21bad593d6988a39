import { buildProgress, buildWhole, rebuild } from '#search/index-jobs.ts'
import { indexTodo } from '#search/index-todo.ts'
import type { Command } from './command.ts'

export const searchCommands: Command[] = [
  {
    name: 'search status',
    about: 'Whether the search index is built, how far it is, and what waits to be indexed',
    run: async ({ hands }) => {
      const app = await hands.openApp()
      const { state, part, waiting } = await buildProgress(app)
      hands.print(state === 'building' ? `The index is being built: ${part}.` : `The index is ${state}.`)
      hands.print(`${waiting} waiting to be indexed.`)
      return 0
    },
  },
  {
    name: 'search reindex',
    about: 'Empty the search index and build it anew; the running server does it in the background',
    options: { now: { type: 'boolean', about: 'do it in this command, and wait for it' } },
    run: async ({ hands, options }) => {
      const app = await hands.openApp()
      if (!options.now) {
        await rebuild(app)
        hands.print('The running server builds the index anew. hyrax search status tells how far it is.')
        return 0
      }
      await indexTodo(app)
      await buildWhole(app, (line) => hands.print(line))
      return 0
    },
  },
]
