import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** All that this process measures, in Prometheus' terms: seconds, bytes, totals that only rise. */
export const registry = new Registry()
collectDefaultMetrics({ register: registry })

const registers = [registry]
const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
  new Counter<L>({ name: `halley_${name}`, help, labelNames, registers })
const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
  new Histogram<L>({ name: `halley_${name}`, help, buckets, labelNames, registers })

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * What is counted where it happens. Nothing here names a site, a room or a person: whoever may look at the machine
 * may not therefore look at its tenants. Whatever happens once per reader is counted once per pass over the readers.
 */
export const metrics = {
  httpSeconds: histogram('http_request_duration_seconds', 'Requests, to the end of the answer', FAST, [
    'method',
    'route',
    'status',
  ]),
  problems: counter('problems_total', 'Problems answered, by code', ['code']),
} as const
