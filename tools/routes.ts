import { endpoints } from '../src/endpoints.ts'

// npm run routes [-- WORD…]: the routes that have all the words in them, and where each is declared.
const words = process.argv.slice(2)
const shown = endpoints.filter(({ route }) => words.every((word) => route.includes(word)))
const width = Math.max(0, ...shown.map(({ route }) => route.length))
for (const { route, source } of shown) console.log(`${route.padEnd(width)} → ${source}`)
console.log(`${shown.length} of ${endpoints.length} routes`)
