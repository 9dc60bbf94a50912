import { Counter, Gauge } from 'prom-client'
import { registry } from './metrics.ts'

/** The ways to follow rooms. */
export type Transport = 'socket' | 'stream' | 'poll'

const each = (): Record<Transport, number> => ({ socket: 0, stream: 0, poll: 0 })

/**
 * What happens so often that it is added up in plain numbers, which are looked at when somebody asks for metrics: a
 * counter with labels would cost as much as what it counts.
 */
export const traffic = {
  /** Open just now. */
  connections: each(),
  /** Bytes handed to the system for them, since the start. */
  bytes: each(),
  /** Frames with changes that were written to readers who were live, and the changes in these. */
  frames: 0,
  deliveries: 0,
  /** Readers in rooms: now, and at most since the start. */
  readers: 0,
  readersPeak: 0,
}

/** So many readers came into rooms, or left them. */
export function countReaders(change: number): void {
  traffic.readers += change
  if (traffic.readers > traffic.readersPeak) traffic.readersPeak = traffic.readers
}

type Plain = 'frames' | 'deliveries' | 'readers' | 'readersPeak'

function plain(Kind: typeof Counter | typeof Gauge, name: string, help: string, from: Plain): void {
  new Kind({
    name: `halley_${name}`,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(traffic[from])
    },
  })
}

function byTransport(
  Kind: typeof Counter | typeof Gauge,
  name: string,
  help: string,
  from: 'connections' | 'bytes',
) {
  new Kind({
    name: `halley_${name}`,
    help,
    registers: [registry],
    labelNames: ['transport'],
    collect() {
      this.reset()
      for (const [transport, value] of Object.entries(traffic[from])) this.inc({ transport }, value)
    },
  })
}

byTransport(Gauge, 'connections', 'Open connections of readers, by transport', 'connections')
byTransport(Counter, 'sent_bytes_total', 'Bytes handed to the system for readers, by transport', 'bytes')
plain(Counter, 'frames_total', 'Frames with changes written to readers who were live', 'frames')
plain(
  Counter,
  'deliveries_total',
  'Changes in these frames: divided by them, what goes together',
  'deliveries',
)
plain(Gauge, 'readers', 'Readers in rooms: one for each room of each connection', 'readers')
plain(
  Gauge,
  'readers_peak',
  'The most readers at one time since the start; of several processes added up',
  'readersPeak',
)
