import type { Driven } from './pace.ts'

export interface CaseResult extends Driven {
  readonly nodeCpu: number
  readonly postgresCpu: number
  readonly batches?: number
}

/** `load` is the machine's before it: other programs show in the figures. */
export function printCase(one: { name: string; target: string }, result: CaseResult, load: number): void {
  const { done, seconds, p50, p99, nodeCpu, postgresCpu, batches } = result
  const perThousand = (cpu: number): string => (cpu / (done / 1000)).toFixed(3)
  const parts = [
    `${Math.round(done / seconds).toLocaleString('en')}/s`,
    `p50 ${p50.toFixed(1)} ms`,
    `p99 ${p99.toFixed(1)} ms`,
    `CPU s per 1,000: node ${perThousand(nodeCpu)}, Postgres ${perThousand(postgresCpu)}`,
    ...(batches ? [`${(done / batches).toFixed(0)} a batch`] : []),
    `load before ${load.toFixed(1)}`,
  ]
  console.log(`\n${one.name} (${one.target})\n  ${parts.join(' · ')}`)
}
