import type { HttpResult } from '../publish/http-load.ts'

/** What one measurement found. */
export interface Figures {
  readonly what: string
  readonly target: string
  readonly variant: string
  readonly result: HttpResult
  readonly answers: string
  /** Of the machine when it began. */
  readonly load: number
}

/** Rows of a table, for each measurement the medians of its runs, and of the 99th percentile where it went. */
export function tableOf(all: readonly Figures[]): string {
  const groups = Map.groupBy(all, ({ what, variant }) => `${what} | ${variant}`)
  const rows = [...groups.values()].map((runs) => {
    const { what, target, variant, answers } = runs[0] as Figures
    const of = (figure: (result: HttpResult) => number, digits: number) =>
      runs
        .map(({ result }) => figure(result))
        .sort((a, b) => a - b)
        .map((value) => value.toFixed(digits))
    const p99 = of((result) => result.p99, 1)
    const cells = [
      what,
      variant,
      target,
      middle(of((result) => result.p50, 1)),
      middle(p99),
      `${p99[0]}–${p99.at(-1)}`,
      middle(of(({ done, seconds }) => done / seconds, 0)),
      middle(of(({ nodeCpu, done }) => (nodeCpu * 1000) / done, 2)),
      middle(of(({ postgresCpu, done }) => (postgresCpu * 1000) / done, 2)),
      answers,
      runs.map(({ load }) => load.toFixed(1)).join(' '),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `${HEAD}\n${rows.join('\n')}`
}

const HEAD = `| pages | rows in | target p99 | p50 ms | p99 ms | p99 of the runs | answers/s | node CPU ms each | Postgres CPU ms each | answers | load |
|---|---|--:|--:|--:|--:|--:|--:|--:|---|--:|`

const middle = (sorted: readonly string[]): string => sorted[Math.floor(sorted.length / 2)] ?? ''
