import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** All that this process measures, in Prometheus' terms: seconds, bytes, totals that only rise. */
export const registry = new Registry()
collectDefaultMetrics({ register: registry })
// Of several processes the one whose loop is held up is the one to know of, not their mean.
for (const metric of registry.getMetricsAsArray())
  if (metric.name.startsWith('nodejs_eventloop_lag')) Object.assign(metric, { aggregator: 'max' })

const registers = [registry]
const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
  new Counter<L>({ name: `halley_${name}`, help, labelNames, registers })
const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
  new Histogram<L>({ name: `halley_${name}`, help, buckets, labelNames, registers })

const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500]

/**
 * What is counted where it happens. Nothing here names a site, a room or a person: whoever may look at the machine
 * may not therefore look at its tenants. Whatever happens once per reader is counted once per pass over the readers,
 * or in plain numbers (`traffic`).
 */
export const metrics = {
  httpSeconds: histogram('http_request_duration_seconds', 'Requests, to the end of the answer', FAST, [
    'method',
    'route',
    'status',
  ]),
  problems: counter('problems_total', 'Problems answered, by code', ['code']),
  joins: counter('joins_total', 'Rooms joined'),
  resets: counter('resets_total', 'Readers who were told to load a room anew, by reason', ['reason']),
  cuts: counter('connections_cut_total', 'Connections that this node ended, by reason', ['reason']),
  acksAsked: counter('acks_asked_total', 'Joins that were asked to confirm what they show'),
  acks: counter('acks_total', 'Confirmations: current, or behind what was sent 5 s before', ['state']),
  readerLagSeconds: histogram(
    'reader_lag_seconds',
    'From the time of a post to its being on the screen, as readers confirm it, by the clock of the server',
    [...FAST, 30, 60],
  ),
  gapsRepaired: counter('gaps_repaired_total', 'Reads of the log that brought what the bus had not'),
  changes: counter('changes_total', 'Changes appended by this process, by type', ['type']),
  appendSeconds: histogram('append_duration_seconds', 'Transactions that append', FAST),
  appendChanges: histogram('append_batch_changes', 'Changes in one transaction', SIZES),
  postToSocketSeconds: histogram(
    'post_to_socket_seconds',
    'From the request to the write to the last reader of this process; of what was appended together, the oldest',
    FAST,
  ),
} as const
