import type { Position, ResetReason, View } from '@halley/shared'
import type { RoomNews } from '../bus/bus.ts'
import type { Head, LogReader } from '../log/log.ts'
import { metrics } from '../metrics/metrics.ts'
import { traffic } from '../metrics/traffic.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { errorFrame, resetFrame } from './encode-frame.ts'
import { GapRepair } from './gap-repair.ts'
import { type Member, Members } from './member.ts'
import { NewsSequence } from './news-sequence.ts'
import { RoomFrames } from './room-frames.ts'
import { SendPass } from './send-pass.ts'
import { SentMarks } from './sent-marks.ts'
import { isTooSlow } from './slow-reader.ts'
import { SocketTimes } from './socket-times.ts'
import type { Turns } from './turns.ts'
import { Window } from './window.ts'

/** Further behind than this, a node starts a room anew rather than read all that it missed. */
const FARTHEST = 10_000
/** What a window keeps: more revs than a join catches up, so that who returns is served from memory. */
const WINDOW_REVS = 2048
const UNOPENED_LIMIT = 1024

export interface ChannelParts {
  readonly room: Room
  readonly log: Pick<LogReader, 'changesSince'>
  readonly turns: Turns
  /** Characters that the window may keep. */
  readonly windowBytes: () => number
  /** Reads the head of the room anew; the channel is told through `learn`. */
  readonly confirm: (channel: Channel) => Promise<void>
  readonly onFailure: (error: unknown) => void
  /** The log has fallen back behind what was told, in the same epoch. */
  readonly onLost: (channel: Channel) => void
  /** The last member has left. */
  readonly onEmpty: (channel: Channel) => void
}

/** A node's live view of one room: what happened lately, in order, and who is to be told. */
export class Channel {
  readonly id: RoomId
  readonly address: string
  readonly window = new Window()
  readonly #parts: ChannelParts
  readonly #sequence = new NewsSequence()
  readonly #members = new Members()
  readonly #frames: Record<View, RoomFrames>
  readonly #pass: SendPass<Member>
  readonly #repair: GapRepair
  readonly #times = new SocketTimes()
  readonly #sent = new SentMarks()
  #epoch = ''
  #unopened: RoomNews[] = []
  #beat = 0
  #readers = 0
  #awaiting: { rev: number; resolve: () => void; reject: (problem: Problem) => void }[] = []

  constructor(parts: ChannelParts) {
    this.id = parts.room.id
    this.address = parts.room.address
    this.#parts = parts
    this.#frames = {
      reader: new RoomFrames(this.address, this.window, 'reader', parts.windowBytes),
      staff: new RoomFrames(this.address, this.window, 'staff', parts.windowBytes),
    }
    this.#pass = new SendPass({
      turns: parts.turns,
      members: this.#members.list,
      deliver: this.#deliver,
      onBegin: () => this.#times.begin(),
      onEnd: () => {
        this.#times.end(this.members)
        this.#sent.add(performance.now(), this.window.visible('reader'))
        this.window.trim(WINDOW_REVS, parts.windowBytes())
      },
    })
    this.#repair = new GapRepair({
      room: this.id,
      log: parts.log,
      sequence: this.#sequence,
      hear: this.hear,
      onSettled: () => this.#resolveAwaiting(Number.POSITIVE_INFINITY),
      onDeleted: (head) => this.#reset(head, 'too-far'),
      onFailure: (error) => {
        parts.onFailure(error)
        this.#rejectAwaiting()
      },
    })
  }

  get head(): Head {
    return { epoch: this.#epoch, rev: this.#sequence.head }
  }

  /** False before its head was read, and once the room is no more. */
  get exists(): boolean {
    return this.#epoch !== ''
  }

  /** Whether nothing after this position was sent to readers longer ago than they need to confirm it. */
  isCurrent({ epoch, rev }: Position): boolean {
    return epoch === this.#epoch && rev >= this.#sent.settled(performance.now())
  }

  get members(): number {
    return this.#members.list.length
  }

  framesFor(view: View): RoomFrames {
    return this.#frames[view]
  }

  /** News of the room, from the bus or read from the log. */
  readonly hear = (news: RoomNews): void => {
    if (!this.exists) {
      if (this.#unopened.length < UNOPENED_LIMIT) this.#unopened.push(news)
      return
    }
    if (news.epoch !== this.#epoch) {
      this.#parts.confirm(this).catch(this.#parts.onFailure)
      return
    }
    const before = this.#sequence.head
    for (const next of this.#sequence.offer(news)) this.window.append(next.changes, next.to)
    if (this.#sequence.head > before) {
      this.#times.add(news.since)
      this.#scrubEarly()
      this.#renewFrames()
      this.#pass.request(this.#sequence.head - before)
      this.#resolveAwaiting()
    } else if (this.#scrub(news)) {
      this.#renewFrames()
    }
    this.#repair.check()
  }

  /** These items are not to be shown to readers from now on, though they stand. */
  hide(items: ReadonlySet<string> | undefined): void {
    this.window.hidden = items
    this.#renewFrames()
  }

  /** Readers may have been told too little: they read a page and join again. */
  reload(): void {
    if (this.exists) this.#reset(this.head, 'too-far')
  }

  /** `head` is where the log has the room; `known` is where this channel was when that read began. */
  learn(head: Head, known: Head): void {
    if (!this.exists) {
      this.#restart(head)
      for (const news of this.#unopened.splice(0)) this.hear(news)
    } else if (head.epoch !== this.#epoch) {
      this.#reset(head, 'epoch')
    } else if (known.epoch === this.#epoch && head.rev < known.rev) {
      this.#reset(head, 'ahead')
      this.#parts.onLost(this)
    } else if (head.rev - this.#sequence.head > FARTHEST) {
      this.#reset(head, 'too-far')
    } else {
      this.#sequence.hearOf(head.rev)
      this.#repair.check()
    }
  }

  /** Resolves once everything heard of so far has come; rejects with `unavailable` where the log cannot be read. */
  caughtUp(): Promise<void> {
    const rev = this.#sequence.reach
    if (rev <= this.#sequence.head) return Promise.resolve()
    return new Promise((resolve, reject) => this.#awaiting.push({ rev, resolve, reject }))
  }

  /** Older changes, read from the log, come before the window. */
  extendBack(news: RoomNews): void {
    if (news.epoch !== this.#epoch || news.to < this.window.floor || news.after >= this.window.floor) return
    this.window.prepend(news.changes, news.after)
    this.#scrubEarly()
    this.#renewFrames()
  }

  /** From here on it is told of everything after `member.at`. */
  add(member: Member): void {
    member.beat = this.#beat
    this.#members.add(member)
    if (member.at < this.#sequence.head) this.#pass.request(0)
  }

  remove(member: Member): void {
    if (member.place < 0) return
    if (this.#members.remove(member)) this.#pass.disturbed()
    if (this.members === 0) this.#parts.onEmpty(this)
  }

  /** Tells every member where the room is. */
  heartbeat(): void {
    this.#beat += 1
    this.#pass.request(0)
  }

  /** So many follow the room, here and elsewhere: members are told where that is new to them. */
  count(readers: number): void {
    if (readers === this.#readers) return
    this.#readers = readers
    for (const frames of Object.values(this.#frames)) frames.count(readers)
    this.heartbeat()
  }

  /** The room is no more. */
  vanish(): void {
    if (!this.exists) return
    this.#restart({ epoch: '', rev: 0 })
    this.#resolveAwaiting(Number.POSITIVE_INFINITY)
    const frame = errorFrame('room-unknown', { room: this.address })
    for (const member of this.#members.clear()) member.reader.send(frame)
    this.#parts.onEmpty(this)
  }

  close(): void {
    this.#pass.stop()
    this.#repair.stop()
    this.#members.clear()
    this.#rejectAwaiting()
  }

  #restart(head: Head): void {
    this.#epoch = head.epoch
    this.#sent.restart()
    this.#sequence.restart(head.rev)
    this.window.restart(head.rev)
    this.#renewFrames()
  }

  /** What members know is worth nothing: they read a page and join again. */
  #reset(head: Head, reason: ResetReason): void {
    this.#restart(head)
    const frame = resetFrame(this.address, head.epoch, head.rev, reason)
    metrics.resets.inc({ reason }, this.members)
    for (const member of this.#members.clear()) member.reader.send(frame)
    this.#resolveAwaiting(Number.POSITIVE_INFINITY)
    this.#parts.onEmpty(this)
  }

  readonly #deliver = (member: Member): void => {
    if (isTooSlow(member, performance.now())) {
      this.remove(member)
      member.reader.cut('slow')
      return
    }
    const frames = this.#frames[member.view]
    const beat = member.beat !== this.#beat
    const isMissing = member.at < this.window.visible(member.view)
    if (!isMissing && !beat) return
    if (isMissing && !this.window.covers(member.at)) {
      this.remove(member)
      metrics.resets.inc({ reason: 'too-far' })
      member.reader.send(resetFrame(this.address, this.#epoch, this.#sequence.head, 'too-far'))
      return
    }
    while (member.at < this.window.head) {
      const { frame, to, changes } = frames.changes(member.at)
      member.reader.send(frame)
      member.at = to
      traffic.frames += 1
      traffic.deliveries += changes
    }
    if (!beat) return
    member.beat = this.#beat
    member.reader.send(frames.head())
  }

  /** What is yet to come in its turn has taken text away already. */
  #scrubEarly(): void {
    for (const news of this.#sequence.early()) this.#scrub(news)
  }

  /** True where text was taken away. */
  #scrub(news: RoomNews): boolean {
    let isTaken = false
    for (const change of news.changes) isTaken = this.window.supersede(change) || isTaken
    return isTaken
  }

  #renewFrames(): void {
    this.#frames.reader.renew(this.#epoch)
    this.#frames.staff.renew(this.#epoch)
  }

  #resolveAwaiting(head = this.#sequence.head): void {
    if (this.#awaiting.length === 0) return
    const awaiting = this.#awaiting
    this.#awaiting = awaiting.filter(({ rev }) => rev > head)
    for (const { rev, resolve } of awaiting) if (rev <= head) resolve()
  }

  #rejectAwaiting(): void {
    for (const { reject } of this.#awaiting.splice(0)) reject(new Problem('unavailable'))
  }
}
