import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Bus } from './bus/bus.ts'
import type { Database } from './db/database.ts'
import { openRedis } from './db/open-redis.ts'
import { Hub } from './fanout/hub.ts'
import { renewEpochs } from './log/check-epochs.ts'
import type { LogReader } from './log/log.ts'
import type { Logger } from './logger.ts'
import { showNumber } from './metrics/live-numbers.ts'
import type { RoomId } from './rooms/room.ts'
import { Veils } from './veil/veils.ts'

const AGAIN_MS = 1000

interface Parts {
  readonly redisUrl: string | undefined
  /** Of all names of this deployment on its Redis. */
  readonly prefix: string
  readonly database: Database
  readonly bus: Bus
  readonly log: LogReader
  readonly logger: Logger
}

/** The rooms that this node serves, and the items whose removal is under way, which readers are not shown. */
export function openHub(app: FastifyInstance, parts: Parts): { hub: Hub; veils: Veils } {
  const { redisUrl, prefix, database, bus, log, logger } = parts
  const redis = redisUrl === undefined ? undefined : openRedis(redisUrl, 'halley-veils')
  const veils = new Veils(redis, prefix)
  app.addHook('onClose', async () => veils.close())
  const renewEpoch = (room: RoomId) => renewEpochs(database, room)
  const hub = new Hub({ log, bus, logger, renewEpoch, hidden: (room) => veils.of(room) })
  hub.start()
  const hide = [
    showNumber('rooms_served', () => hub.counts().rooms),
    showNumber('window_bytes', () => hub.windowBytes()),
  ]
  app.addHook('onClose', async () => {
    for (const each of hide) each()
  })
  app.addHook('onClose', () => hub.close())
  const closing = new AbortController()
  app.addHook('onClose', async () => closing.abort())
  veils.listen({
    changed: (room, items) => hub.hide(room, items),
    lifted: (room, item) => void reloadIfItStands(log, hub, { room, item }, closing.signal),
  })
  return { hub, veils }
}

/** Whoever came while an item was hidden that stands after all has been told too little. */
async function reloadIfItStands(
  log: LogReader,
  hub: Hub,
  { room, item }: { readonly room: RoomId; readonly item: string },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const record = await log.item(room, item)
      if (record?.state === 'live') hub.reload(room)
      return
    } catch {
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {})
    }
  }
}
