import type { ChildProcess } from 'node:child_process'
import type { RoomId } from '../rooms/room.ts'

/** What the processes of a node tell each other about news. `ask` numbers the subscriptions of a process. */
export type NewsMessage =
  | { readonly type: 'news'; readonly room: RoomId; readonly text: string }
  | { readonly type: 'subscribe' | 'subscribed'; readonly room: RoomId; readonly ask: number }
  | { readonly type: 'unsubscribe'; readonly room: RoomId }

/** Characters of news that may wait for a process that is stopped or slow; beyond it news is dropped. */
const UNSENT = 16_777_216

/** One end of the channel between a primary process and its worker: `process`, or the worker's. */
export class IpcPort {
  /** News that was not sent because too much waited. */
  dropped = 0
  readonly #end: Pick<ChildProcess, 'connected' | 'on' | 'send'>
  #unsent = 0

  constructor(end: ChildProcess | NodeJS.Process) {
    this.#end = end as ChildProcess
  }

  get connected(): boolean {
    return this.#end.connected
  }

  /** Never throws and never waits. */
  send(message: NewsMessage): void {
    if (!this.connected) return
    const size = message.type === 'news' ? message.text.length : 0
    if (this.#unsent + size > UNSENT) {
      this.dropped += 1
      return
    }
    this.#unsent += size
    this.#end.send(message, () => {
      this.#unsent -= size
    })
  }

  onMessage(listener: (message: NewsMessage) => void): void {
    this.#end.on('message', (message) => listener(message as NewsMessage))
  }

  onEnd(listener: () => void): void {
    this.#end.on('disconnect', listener)
  }
}
