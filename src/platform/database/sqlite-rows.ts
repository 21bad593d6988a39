import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

type Values = SQLOutputValue[]
export type RowMaker = (values: Values) => Record<string, SQLOutputValue>

/**
 * Makes rows of values in the order of these columns. The driver's own rows are objects without a shape, slow to
 * make and slow to read; a function written for the columns makes ones that are neither.
 */
export function rowMaker(columns: readonly string[]): RowMaker {
  const fields = columns.map((name, place) => `${JSON.stringify(name)}: values[${place}]`)
  return new Function('values', `return { ${fields.join(', ')} }`) as RowMaker
}

/** Runs statements that give rows; the columns of `select *` are learnt again when they became more. */
export function rowsFrom(
  statement: StatementSync,
): (values: SQLInputValue[]) => Record<string, SQLOutputValue>[] {
  statement.setReturnArrays(true)
  let columns = statement.columns().map(({ name }) => name)
  let make = rowMaker(columns)
  return (values) => {
    const rows = statement.all(...values) as unknown as Values[]
    if (rows.length > 0 && rows[0]?.length !== columns.length) {
      columns = statement.columns().map(({ name }) => name)
      make = rowMaker(columns)
    }
    return rows.map(make)
  }
}

/**
 * Readies a statement that is run for its effect alone. With each run the driver also tells the number of the row written
 * last, and throws where that is beyond what a JavaScript number holds. The inner rows of the full-text tables are: from
 * then on every statement of the connection would fail. As a big integer it can always be told.
 */
export function toRun(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true)
  return statement
}
