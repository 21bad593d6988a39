/** Rows as aligned columns, cut to what a terminal line takes. */
export function table(head: string[], rows: string[][], most = 60): string {
  const cut = (cell: string) => (cell.length > most ? `${cell.slice(0, most - 1)}…` : cell)
  const shown = [head, ...rows].map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cut(cell))),
  )
  const widths = head.map((_, at) => Math.max(...shown.map((row) => (row[at] ?? '').length)))
  return shown
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
