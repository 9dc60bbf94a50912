import type { Transport } from '../parts/connections.ts'
import { Reader } from '../parts/reader.ts'
import { Writer } from '../parts/writer.ts'
import { Moderator } from './moderator.ts'
import { Prober } from './prober.ts'
import { Removals } from './removals.ts'
import type { NodeSettings } from './stage.ts'
import { StrictWitness } from './strict-witness.ts'

const TRANSPORTS: readonly Transport[] = ['socket', 'stream', 'poll']

/** Where people post and read: a node, or what stands before several. */
export interface Place {
  readonly server: { readonly url: string }
  readonly settings: NodeSettings
}

export interface PeopleSettings {
  /** Milliseconds between the posts of one writer. */
  readonly pauseMs: number
  /** What each post ends with. */
  readonly more?: string
  readonly place: { readonly room: string; readonly moderator: string }
}

/** A reader and whoever looks over their shoulder; `node` is the one that they stay with. */
export interface WatchedReader {
  readonly reader: Reader
  readonly witness: StrictWitness
  readonly node: Place | undefined
}

export interface PlacedWriter {
  readonly writer: Writer
  readonly node: Place | undefined
}

/**
 * Who is there: on each node a writer and a reader by each transport, who stay with it; and a writer, a moderator and a
 * reader by each transport who take another node each time.
 */
export class People {
  readonly writers: readonly PlacedWriter[]
  readonly readers: readonly WatchedReader[]
  readonly moderator: Moderator
  readonly prober: Prober
  readonly removals = new Removals()
  readonly #enough = new AbortController()
  readonly #work: Promise<void>
  /** Why somebody stopped working before the end. */
  broke: unknown

  constructor(nodes: readonly Place[], { pauseMs, more, place }: PeopleSettings) {
    const posting = nodes.filter(({ settings }) => settings.posts !== false)
    const reading = nodes.filter(({ settings }) => settings.reads !== false)
    const { room } = place
    this.writers = [
      ...posting.map((node, n) => ({ node, writer: new Writer(() => node.server.url, room, `Ada of ${n}`) })),
      { node: undefined, writer: new Writer(inTurns(posting), room, 'Noor') },
    ]
    this.readers = TRANSPORTS.flatMap((transport) => [
      ...reading.map((node, n) => ({
        node,
        ...this.#reader(() => node.server.url, transport, `at node ${n}`, room),
      })),
      { node: undefined, ...this.#reader(inTurns(reading), transport, 'at any node', room) },
    ])
    this.prober = new Prober(
      reading.map((node) => () => node.server.url),
      room,
    )
    this.moderator = new Moderator(inTurns(posting), place, this.removals, (removal, epoch) =>
      this.prober.probe(removal, epoch),
    )
    const { signal } = this.#enough
    const writers = this.writers.map(({ writer }) => writer)
    this.#work = Promise.all([
      ...writers.map((writer) => writer.writeUntil(signal, pauseMs, more)),
      this.moderator.workUntil(signal, writers, pauseMs),
    ]).then(
      () => {},
      (error) => {
        this.broke = error
      },
    )
  }

  get posted(): number {
    return this.writers.reduce((sum, { writer }) => sum + writer.accepted.length, 0)
  }

  /** Posts that were answered `202`, so far. */
  get queued(): number {
    return this.writers.flatMap(({ writer }) => writer.accepted.filter(({ status }) => status === 202)).length
  }

  /** Tries to post that failed, so far. */
  get refusedPosts(): number {
    return this.writers.reduce((sum, { writer }) => sum + writer.failures, 0)
  }

  /** Tries to post or to moderate that failed, so far. */
  get failures(): number {
    return this.refusedPosts + this.moderator.failures
  }

  /** Connections of sockets and streams, so far; polls come and go by themselves. */
  get connections(): number {
    return this.readers.reduce((sum, { reader }) => sum + (reader.polls ? 0 : reader.connections), 0)
  }

  /** Resolves when the last post is kept and the last change is done. */
  async stopWriting(): Promise<void> {
    this.#enough.abort()
    await this.#work
    await this.prober.settled()
  }

  async leave(): Promise<void> {
    this.#enough.abort()
    for (const { writer } of this.writers) writer.leave()
    this.moderator.leave()
    await Promise.all(this.readers.map(({ reader }) => reader.stop()))
    await this.#work
  }

  #reader(url: () => string, transport: Transport, where: string, room: string): Omit<WatchedReader, 'node'> {
    let witness: StrictWitness | undefined
    const reader = new Reader({
      url,
      room,
      transport,
      name: `the reader by ${transport} ${where}`,
      witness: (known) => {
        witness = new StrictWitness(known, this.removals)
        return witness
      },
    })
    return { reader, witness: witness as unknown as StrictWitness }
  }
}

function inTurns(nodes: readonly Place[]): () => string {
  let turn = 0
  return () => (nodes[turn++ % nodes.length] as Place).server.url
}
