import type { Spread } from '../../flood/spread.ts'
import { type Arrival, openReader } from './open-reader.ts'
import { Removals } from './removals.ts'

/** Told by the parent, over IPC; each is answered with one message. */
export type Order =
  | { readonly do: 'open'; readonly count: number; readonly atOnce: number; readonly arrival: Arrival }
  | { readonly do: 'remove'; readonly times: number; readonly authorization: string; readonly share: number }

/** Everything is in milliseconds. */
export interface RemovalTimes {
  /** From asking for the removal to the answer. */
  readonly answered: number[]
  /** … to each reader's having been told and, of those who confirm, having confirmed it. */
  readonly told: Spread
  /** … to the last reader's having done so, of each removal. */
  readonly last: number[]
  /** … to the node's having counted all confirmations. */
  readonly counted: number[]
}

let readers = 0
let removals: Removals | undefined

async function open({
  count,
  atOnce,
  arrival,
}: Extract<Order, { do: 'open' }>): Promise<{ seconds: number }> {
  const { port, room } = arrival
  removals ??= new Removals({ port, room, readers: () => readers })
  const began = performance.now()
  let left = count
  const come = async (): Promise<void> => {
    while (left-- > 0) {
      const reader = readers++
      await openReader({ ...arrival, from: addressOf(arrival.from, reader) }, (bytes, socket) =>
        removals?.hear(reader, bytes, socket),
      )
    }
  }
  await Promise.all(Array.from({ length: atOnce }, come))
  return { seconds: (performance.now() - began) / 1000 }
}

/** Finding a free port takes the kernel long once some thousands of an address are taken. */
function addressOf(network: string, reader: number): string {
  return `${network}.${Math.floor(reader / 4000) + 1}`
}

process.on('message', async (order: Order) => {
  try {
    if (order.do === 'open') process.send?.(await open(order))
    else process.send?.(await removals?.run(order.times, order.authorization, order.share))
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
})
process.once('disconnect', () => process.exit(0))
