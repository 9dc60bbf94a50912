import { HEARTBEAT_MS, type Position, type View } from '@halley/shared'
import { vi } from 'vitest'
import type { Bus, RoomNews } from '../../bus/bus.ts'
import { MemoryBus } from '../../bus/memory-bus.ts'
import type { LogReader } from '../../log/log.ts'
import type { Room } from '../../rooms/room.ts'
import { Hub, type HubOptions } from '../hub.ts'
import type { Membership } from '../membership.ts'
import { LogModel, type Step } from './log-model.ts'
import { RecordingReader } from './recording-reader.ts'

const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'performance',
  'Date',
] as const

/** From here to `vi.useRealTimers()` nothing but `pass` lets time pass. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: [...FAKED] })
}

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** One room, its log, a bus and a hub, in stopped time. */
export class TestRoom {
  readonly room = { id: 1, address: 'acme/keynote' } as unknown as Room
  readonly log: LogModel
  readonly bus: Bus
  readonly hub: Hub
  connected = true

  constructor(options: Partial<HubOptions> & { logDelayMs?: number } = {}, bus: Bus = new MemoryBus()) {
    const { logDelayMs = 1, ...hubOptions } = options
    this.bus = bus
    this.log = new LogModel(() => logDelayMs)
    bus.connected = () => this.connected
    this.hub = new Hub({
      log: this.log as unknown as LogReader,
      bus: this.bus,
      logger: { warn: () => {} },
      renewEpoch: async () => this.log.restore(this.log.save(), `${this.log.head.epoch}-renewed`),
      options: { heartbeatMs: HEARTBEAT_MS, countEveryMs: Number.POSITIVE_INFINITY, ...hubOptions },
    })
    this.hub.start()
  }

  /** Commits, and announces unless told not to. */
  write(step: Step, ...ids: string[]): RoomNews {
    const news = this.commit(step, ...ids)
    this.announce(news)
    return news
  }

  commit(step: Step, ...ids: string[]): RoomNews {
    const news = this.log.commit(ids.map((id) => ({ step, id })))
    if (!news) throw new Error(`${step} of ${ids} changes nothing`)
    return news
  }

  announce(news: RoomNews): void {
    this.bus.publish(this.room.id, news)
  }

  /** Asks to join; time has to pass until it is done. */
  ask(
    since?: number | Position,
    view: View = 'reader',
    reader = new RecordingReader(),
  ): { reader: RecordingReader; membership: Promise<Membership> } {
    const position = typeof since === 'number' ? { epoch: this.log.head.epoch, rev: since } : since
    const membership = this.hub.join({ room: this.room, since: position, view, may: ['read'] }, reader)
    membership.catch(() => {})
    return { reader, membership }
  }

  async join(since?: number | Position, view: View = 'reader', reader = new RecordingReader()) {
    const asked = this.ask(since, view, reader)
    await pass(100)
    return { reader, membership: await asked.membership }
  }
}
