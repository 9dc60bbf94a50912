import { PayloadMarkers } from '../../fanout/load/payload-markers.ts'
import { audiences, type FloodPlan, microseconds, roomsOf } from '../flood-plan.ts'
import { type Complete, Deliveries } from './deliveries.ts'
import { openFollower } from './open-follower.ts'

/** Told by the parent, over IPC; each is answered with one message. */
export type FloodOrder =
  | {
      readonly do: 'open'
      readonly plan: FloodPlan
      /** Of all readers, those from here to before there are this process's. */
      readonly from: number
      readonly to: number
      readonly atOnce: number
      /** Three parts of the local addresses to come from; absent where the server is elsewhere. */
      readonly network?: string
    }
  | { readonly do: 'report' }

export interface FloodReport {
  readonly complete: readonly Complete[]
  readonly open: number
  readonly deliveries: number
  readonly bytes: number
  /** Connections that ended by themselves. */
  readonly lost: number
  readonly uneven: number
}

const PORTS_EACH = 4000
let readers = 0
let bytes = 0
let lost = 0
let sameAs = (_reader: number): string => ''
let deliveries = new Deliveries(() => 0)

async function open({ plan, from, to, atOnce, network }: Extract<FloodOrder, { do: 'open' }>) {
  const counts = audiences(plan, from, to)
  const markers = new PayloadMarkers()
  deliveries = new Deliveries((sequence) => counts[sequence % counts.length] as number)
  sameAs = (reader) => roomsOf(plan, from + reader).join()
  readers = to - from
  let next = 0
  const come = async (): Promise<void> => {
    while (next < readers) {
      const reader = next++
      const rooms = roomsOf(plan, from + reader).map((room) => plan.rooms[room] as string)
      await openFollower({
        url: plan.urls[(from + reader) % plan.urls.length] as string,
        rooms,
        from: network && `${network}.${Math.floor(reader / PORTS_EACH) + 1}`,
        take: (payload) => {
          bytes += payload.length
          deliveries.take(reader, markers.of(payload), microseconds())
        },
        lost: () => {
          lost += 1
        },
      })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, come))
  return {}
}

function report(): FloodReport {
  return {
    complete: deliveries.complete(),
    open: deliveries.open,
    deliveries: deliveries.count,
    bytes,
    lost,
    uneven: deliveries.uneven(readers, sameAs),
  }
}

process.on('message', async (order: FloodOrder) => {
  try {
    process.send?.(order.do === 'open' ? await open(order) : report())
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
