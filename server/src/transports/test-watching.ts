import type { Change, ServerFrame } from '@halley/shared'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { JoinAsk } from './admission.ts'
import { FOLLOW, type Follower, type FollowOptions, type Transport } from './test-follower.ts'

type FrameOf<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>

/** A follower, and waiting for what it is told. */
export class Watching {
  readonly #follower: Follower

  constructor(follower: Follower) {
    this.#follower = follower
  }

  get frames(): readonly ServerFrame[] {
    return this.#follower.frames
  }

  get ended(): Promise<string> {
    return this.#follower.ended
  }

  /** All that was told, as text: for what must or must not be in it. */
  get told(): string {
    return JSON.stringify(this.frames)
  }

  stop(): void {
    this.#follower.stop()
  }

  /** The newest frame of this type, once there is one. */
  frame<T extends ServerFrame['type']>(type: T, room?: string): Promise<FrameOf<T>> {
    const fits = (frame: ServerFrame) =>
      frame.type === type && (room === undefined || ('room' in frame && frame.room === room))
    return until(
      `${type} of ${room ?? 'any room'}`,
      () => this.frames.findLast(fits) as FrameOf<T> | undefined,
    )
  }

  /** That a `joined` like this one came. */
  async joins(part: Partial<FrameOf<'joined'>>): Promise<void> {
    const fits = (frame: ServerFrame) =>
      Object.entries(part).every(
        ([name, value]) => JSON.stringify(frame[name as keyof ServerFrame]) === JSON.stringify(value),
      )
    await until(`joined with ${JSON.stringify(part)}`, () =>
      this.frames.some((frame) => frame.type === 'joined' && fits(frame)),
    )
  }

  async hears(text: string): Promise<void> {
    await until(`"${text}" to be told`, () => this.told.includes(text))
  }

  /** That everything up to a position was told. */
  async reaches(position: string): Promise<void> {
    await until(`position ${position}`, () =>
      this.frames.some(
        (frame) => (frame.type === 'joined' || frame.type === 'changes') && frame.position === position,
      ),
    )
  }

  /** How often a frame began above where the ones before it had led. */
  gaps(): number {
    let at = Number.POSITIVE_INFINITY
    return this.frames.filter((frame) => {
      if (frame.type !== 'joined' && frame.type !== 'changes') return false
      const gap = frame.type === 'changes' && frame.after > at
      at = Number(frame.position.split(':')[1])
      return gap
    }).length
  }

  /** The changes that were told, in the order in which they came. */
  changes(room?: string): Change[] {
    return this.frames.flatMap((frame) =>
      (frame.type === 'joined' || frame.type === 'changes') && (!room || frame.room === room)
        ? frame.changes
        : [],
    )
  }

  revs(room?: string): number[] {
    return this.changes(room).map(({ rev }) => rev)
  }
}

/** Followers of one server that end with the test. */
export function watchers(url: string) {
  return (transport: Transport, asks: readonly JoinAsk[], options?: FollowOptions): Watching => {
    const watching = new Watching(FOLLOW[transport](url, asks, options))
    atEnd(() => watching.stop())
    return watching
  }
}
