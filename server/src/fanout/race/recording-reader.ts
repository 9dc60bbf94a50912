import type { CloseReason, ServerFrame } from '@halley/shared'
import type { Frame } from '../frame.ts'
import type { Reader } from '../reader.ts'

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>

/** Keeps what it is sent. */
export class RecordingReader implements Reader {
  readonly sent: Frame[] = []
  readonly cuts: CloseReason[] = []
  queued = 0

  send(frame: Frame): void {
    this.sent.push(frame)
  }

  queuedBytes(): number {
    return this.queued
  }

  cut(reason: CloseReason): void {
    this.cuts.push(reason)
  }

  /** All frames, or those of a type. */
  frames(): ServerFrame[]
  frames<Type extends ServerFrame['type']>(type: Type): FrameOf<Type>[]
  frames(type?: string): ServerFrame[] {
    const all: ServerFrame[] = this.sent.map(({ json }) => JSON.parse(json))
    return type === undefined ? all : all.filter((frame) => frame.type === type)
  }

  /** The text of every item that came, in order. */
  texts(): string[] {
    const texts: string[] = []
    for (const frame of this.frames()) {
      for (const { item } of 'changes' in frame ? frame.changes : []) {
        if (item) texts.push('text' in item ? item.text : `${item.id} removed`)
      }
    }
    return texts
  }
}
