import { HEARTBEAT_MS } from '@halley/shared'
import type { Bus, RoomNews, Subscription } from '../bus/bus.ts'
import type { LogReader } from '../log/log.ts'
import { type Logger, rareLine } from '../logger.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { Backfill } from './backfill.ts'
import { Channel } from './channel.ts'
import { CountPace } from './count-pace.ts'
import { HeadCount } from './head-count.ts'
import { HeadWatch } from './head-watch.ts'
import { joinChannel } from './join-channel.ts'
import type { Join } from './membership.ts'
import { RecentNews } from './recent-news.ts'
import { Turns } from './turns.ts'
import { within } from './within.ts'

export interface HubOptions {
  /** How long a channel without readers goes on listening, so that those who return are served from memory. */
  readonly lingerMs: number
  readonly heartbeatMs: number
  /** How often it is looked at how many a room's readers are: whether they are told, `CountPace` decides. */
  readonly countEveryMs: number
  readonly headsEveryMs: number
  readonly headsWithoutBusMs: number
  /** How long a join waits for the log before it trusts the window alone. */
  readonly confirmMs: number
  /** Characters that all windows together may keep. */
  readonly windowsBytes: number
}

const DEFAULTS: HubOptions = {
  lingerMs: 30_000,
  heartbeatMs: HEARTBEAT_MS,
  countEveryMs: 750,
  headsEveryMs: 5000,
  headsWithoutBusMs: 1000,
  confirmMs: 2000,
  windowsBytes: 268_435_456,
}
/** How long opening a room waits for the bus. */
const HEARING_MS = 250
const LARGEST_WINDOW = 8_388_608

interface Served {
  readonly channel: Channel
  readonly backfill: Backfill
  readonly subscription: Subscription
  /** False where the log could not be asked: what is known is what the processes told each other. */
  readonly opened: Promise<boolean>
  /** Joins under way. */
  joining: number
  emptySince: number
  beatAt: number
  readonly pace: CountPace
}

/** All rooms that this process serves. */
export class Hub {
  readonly #log: LogReader
  readonly #bus: Bus
  readonly #logger: Pick<Logger, 'warn'>
  readonly #onFailure: (error: unknown) => void
  readonly #renewEpoch: ((room: RoomId) => Promise<unknown>) | undefined
  readonly #hidden: (room: RoomId) => ReadonlySet<string> | undefined
  readonly #options: HubOptions
  readonly #served = new Map<RoomId, Served>()
  readonly #turns = new Turns()
  readonly #watch: HeadWatch
  readonly #headCount: HeadCount
  readonly #recent: RecentNews
  #ticker: NodeJS.Timeout | undefined
  /** Windows are filled one after another: nobody waits for them. */
  #filling = Promise.resolve()
  #closed = false

  constructor(parts: {
    log: LogReader
    bus: Bus
    logger: Pick<Logger, 'warn'>
    /** Begins a new life of a room's log: called where the log has lost what readers were already told. */
    renewEpoch?: (room: RoomId) => Promise<unknown>
    /** Items that readers of a room are not to be shown as it is opened; later `hide` tells. */
    hidden?: (room: RoomId) => ReadonlySet<string> | undefined
    options?: Partial<HubOptions>
  }) {
    this.#log = parts.log
    this.#bus = parts.bus
    this.#logger = parts.logger
    this.#onFailure = rareLine(
      parts.logger,
      'the log or the bus is not reached; what is missed is read later',
    )
    this.#renewEpoch = parts.renewEpoch
    this.#hidden = parts.hidden ?? (() => undefined)
    this.#options = { ...DEFAULTS, ...parts.options }
    this.#watch = new HeadWatch({
      log: parts.log,
      bus: parts.bus,
      everyMs: this.#options.headsEveryMs,
      withoutBusMs: this.#options.headsWithoutBusMs,
    })
    this.#recent = new RecentNews({
      windows: parts.bus.windows,
      hidden: this.#hidden,
      followed: (room) => {
        const channel = this.#served.get(room)?.channel
        return channel?.exists && this.#watch.isFollowed(channel) ? channel : undefined
      },
    })
    this.#headCount = new HeadCount(parts.bus, {
      members: () => this.#members(),
      serves: (room) => this.#served.has(room),
    })
  }

  #members(): Map<RoomId, number> {
    return new Map([...this.#served].map(([room, { channel }]) => [room, channel.members]))
  }

  /** Begins to look after heads and heartbeats. */
  start(): void {
    const often = Math.min(this.#options.heartbeatMs, this.#options.headsWithoutBusMs) / 4
    this.#ticker ??= setInterval(this.#tick, often)
  }

  /** Nothing is sent from here on; who is still a member is not told. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#ticker)
    this.#headCount.close()
    for (const served of [...this.#served.values()]) this.#stopServing(served)
  }

  readonly join: Join = async (request, reader) => {
    // Opening a room reads its head.
    const isCold = !this.#served.has(request.room.id)
    const served = this.#serve(request.room)
    const { channel, backfill } = served
    served.joining += 1
    try {
      const opened = await served.opened
      const confirm = async () => (isCold ? opened : this.#confirm(channel))
      const turn = () => this.#turns.next()
      return await joinChannel({ channel, backfill, confirm, turn }, request, reader)
    } catch (error) {
      if (error instanceof Problem) throw error
      this.#logger.warn({ room: channel.address, err: error }, 'a reader could not join')
      throw new Problem('unavailable')
    } finally {
      served.joining -= 1
      served.emptySince = performance.now()
    }
  }

  /** What readers of a room are not to be shown, though it stands. */
  hide(room: RoomId, items: ReadonlySet<string> | undefined): void {
    this.#served.get(room)?.channel.hide(items)
  }

  /** Has the readers of a room load it anew. */
  reload(room: RoomId): void {
    this.#served.get(room)?.channel.reload()
  }

  /** Rooms served and readers in them. */
  counts(): { rooms: number; readers: number } {
    let readers = 0
    for (const { channel } of this.#served.values()) readers += channel.members
    return { rooms: this.#served.size, readers }
  }

  /** Characters that all windows keep now. */
  windowBytes(): number {
    let bytes = 0
    for (const { channel } of this.#served.values()) bytes += channel.window.bytes
    return bytes
  }

  /** The newest changes of a room, without the log: as this process heard them, or as the processes share them. */
  readonly recent = (room: RoomId): Promise<RoomNews | undefined> => this.#recent.shown(room)

  #serve(room: Room): Served {
    if (this.#closed) throw new Problem('draining')
    const present = this.#served.get(room.id)
    if (present) return present
    const channel = new Channel({
      room,
      log: this.#log,
      turns: this.#turns,
      windowBytes: this.#windowBytes,
      confirm: (asking) => this.#watch.confirm(asking),
      onFailure: this.#onFailure,
      onLost: this.#onLost,
      onEmpty: () => {
        served.emptySince = performance.now()
      },
    })
    channel.hide(this.#hidden(room.id))
    const subscription = this.#bus.subscribe(room.id, channel.hear)
    const backfill = new Backfill(channel, this.#log, this.#bus.windows)
    const now = performance.now()
    const served: Served = {
      channel,
      backfill,
      subscription,
      opened: this.#open(channel, backfill, subscription),
      joining: 0,
      emptySince: now,
      beatAt: now,
      pace: new CountPace(this.#options.countEveryMs),
    }
    this.#served.set(room.id, served)
    served.opened.catch(() => this.#stopServing(served))
    return served
  }

  /** Throws `Problem` `unavailable` where neither the log nor the bus can tell what was taken back. */
  async #confirm(channel: Channel): Promise<boolean> {
    if (await this.#isConfirmed(channel)) return true
    // What was told here may have been lost on its way, and nothing but what is shared says so while the log is away.
    const shared = await this.#recent.shared(channel.id)
    if (shared) channel.hear(shared)
    if (!this.#watch.isFollowed(channel) || (shared && shared.epoch !== channel.head.epoch))
      throw new Problem('unavailable')
    return false
  }

  async #isConfirmed(channel: Channel): Promise<boolean> {
    const asked = this.#watch.confirm(channel).then(
      () => true,
      () => false,
    )
    return (await within(this.#options.confirmMs, asked)) ?? false
  }

  /**
   * The head is read once the news after it is heard; where that takes long, it is read again when it is. Where the
   * log is away, the room is opened with the window that processes share.
   */
  async #open(channel: Channel, backfill: Backfill, { ready }: Subscription): Promise<boolean> {
    const hearing = ready.then(
      () => true,
      (error) => {
        this.#onFailure(error)
        return true
      },
    )
    const heard = await within(HEARING_MS, hearing)
    if (!heard) hearing.then(() => this.#watch.confirm(channel)).catch(this.#onFailure)
    if (await this.#isConfirmed(channel)) {
      this.#filling = this.#filling.then(() => backfill.fillShared()).catch(() => {})
      return true
    }
    // What is shared is as new as what is heard from here on, as far as both are heard of.
    if (!channel.exists && this.#bus.connected() && (await backfill.begin())) this.#watch.follow(channel)
    if (!this.#watch.isFollowed(channel)) throw new Problem('unavailable')
    return false
  }

  readonly #windowBytes = (): number =>
    Math.min(LARGEST_WINDOW, this.#options.windowsBytes / Math.max(1, this.#served.size))

  readonly #tick = (): void => {
    const now = performance.now()
    if (this.#headCount.forget(now)) this.#watch.doubt(now)
    this.#headCount.tick(now)
    for (const served of [...this.#served.values()]) {
      const { channel, joining } = served
      if (channel.members === 0 && joining === 0) {
        if (now - served.emptySince >= this.#options.lingerMs) this.#stopServing(served)
      } else if (now - served.beatAt >= this.#options.heartbeatMs - 1000) {
        served.beatAt = now
        channel.heartbeat()
      }
      if (!served.pace.looks(now)) continue
      const count = channel.members + this.#headCount.elsewhere(channel.id)
      if (served.pace.isDue(count, channel.members, now)) channel.count(count)
    }
    this.#watch.tick(() => [...this.#served.values()].map(({ channel }) => channel), now, this.#onFailure)
  }

  #stopServing(served: Served): void {
    if (this.#served.get(served.channel.id) !== served) return
    this.#served.delete(served.channel.id)
    served.subscription.end()
    served.channel.close()
  }

  /** Readers who are away may hold positions that the log will give to other changes: its epoch must not stay. */
  readonly #onLost = (channel: Channel): void => {
    this.#logger.warn(
      { room: channel.address },
      'the log has lost changes of a room: its readers load it anew',
    )
    const renewed = this.#renewEpoch?.(channel.id).then(() => this.#watch.confirm(channel))
    renewed?.catch(this.#onFailure)
  }
}
