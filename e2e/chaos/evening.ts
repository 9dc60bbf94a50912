/*
 * An evening in one room while parts of the system are made to fail. Everything is real: a Postgres and a Redis of its
 * own, nodes as processes, people over HTTP. How a test is written on it:
 *
 *   const evening = await Evening.begin({ nodes: [{}, {}] })     // people are at work from here on
 *   await evening.goesOn()                                       // every writer and every reader has got on
 *   await evening.fault('kill -9 of Redis', () => evening.redis.kill(), () => …)
 *   await evening.redis.start()
 *   await evening.goesOn('everybody after Redis is back')
 *   await evening.end()                                          // people stop, and everything is compared
 *   await evening.clear(failed)                                  // in any case, also after a failure
 *
 * A fault comes with a proof that it took effect, and an evening without a fault is not valid: `end` refuses it. Each
 * node reaches Postgres and Redis through lines of its own, `toPostgres` and `toRedis`, which can be cut, refused,
 * slowed or silenced. What is demanded at the end stands at `finalAccount` and in `StrictWitness`. Where an evening
 * needs other people as well (an own `Reader`, a `Writer` in another room), make them beside it.
 */
import { deepEqual } from 'node:assert/strict'
import { makeRoom, type TestRoom } from '../parts/command-line.ts'
import { isStopped } from '../parts/process-tree.ts'
import { until } from '../parts/until.ts'
import { finalAccount } from './final-account.ts'
import { People, type Place } from './people.ts'
import { Stage, type StageNode, type StageSettings } from './stage.ts'

export interface EveningSettings extends StageSettings {
  /** Milliseconds between the posts of one writer: one for each node, and one more. */
  readonly pauseMs?: number
  /** What each post ends with. */
  readonly more?: string
  /** Where people go instead of to the nodes: what stands before them. */
  readonly before?: (nodes: readonly StageNode[]) => Promise<Place & { close(): Promise<void> }>
}

interface Fault {
  readonly name: string
  readonly times: number
  /** Seconds, the longest, from the first sign of going on to everybody going on. */
  readonly back: number
}

export class Evening {
  readonly stage: Stage
  readonly place: TestRoom
  readonly people: People
  readonly #faults = new Map<string, Fault>()
  #before: { close(): Promise<void> } | undefined
  #last: string | undefined

  private constructor(stage: Stage, place: TestRoom, people: People) {
    this.stage = stage
    this.place = place
    this.people = people
  }

  /** Resolves when everybody is at work. */
  static async begin(settings: EveningSettings): Promise<Evening> {
    const stage = await Stage.build(settings)
    let before: (Place & { close(): Promise<void> }) | undefined
    let people: People | undefined
    try {
      const [first] = stage.nodes
      if (!first) throw new Error('an evening needs a node')
      const place = await makeRoom(first.server)
      const { pauseMs = 75, more = '' } = settings
      before = await settings.before?.(stage.nodes)
      people = new People(before ? [before] : stage.nodes, { pauseMs, more, place })
      const evening = new Evening(stage, place, people)
      evening.#before = before
      await evening.goesOn()
      return evening
    } catch (error) {
      await people?.leave()
      await before?.close()
      await stage.clear(true)
      throw error
    }
  }

  get postgres() {
    return this.stage.postgres
  }

  get redis() {
    return this.stage.redis
  }

  get nodes() {
    return this.stage.nodes
  }

  /**
   * Does something to the system and waits until it `took` effect. Without that the evening fails: what no part felt
   * shows nothing.
   */
  async fault(
    name: string,
    strike: () => void | Promise<void>,
    took: () => unknown | Promise<unknown>,
  ): Promise<void> {
    await strike()
    await until(`"${name}" to take effect`, took)
    const before = this.#faults.get(name)
    this.#faults.set(name, { name, times: (before?.times ?? 0) + 1, back: before?.back ?? 0 })
    this.#last = name
  }

  /** For `took`: true once somebody's try to post failed after this was called; a removal can fail for other causes. */
  somebodyFails(): () => boolean {
    const before = this.people.refusedPosts
    return () => this.people.refusedPosts > before
  }

  /** For `took`: true once every node says so of its connection to the database or to the bus. */
  areCut(part: 'database' | 'bus', nodes: readonly StageNode[] = this.nodes): () => Promise<boolean> {
    return () => this.#allSay(part, 'down', nodes)
  }

  /** True once every node says so of its connection to the database or to the bus. */
  areUp(part: 'database' | 'bus', nodes: readonly StageNode[] = this.nodes): () => Promise<boolean> {
    return () => this.#allSay(part, 'up', nodes)
  }

  /** For `took`: true once all that was started as this process is stopped. */
  isStopped(pid: number): () => boolean {
    return () => isStopped(pid)
  }

  /** For `took`: true once a socket or a stream was joined anew after this was called. */
  somebodyComesBack(): () => boolean {
    const before = this.people.connections
    return () => this.people.connections > before
  }

  /**
   * Resolves when every writer has posted and every reader has heard of that; counts as the last fault's recovery.
   * With `at`, only those who stay with these nodes are waited for.
   */
  async goesOn(who = 'everybody', at?: readonly StageNode[], seconds = 90): Promise<void> {
    const begun = performance.now()
    const isAmong = ({ node }: { node: Place | undefined }): boolean =>
      at === undefined || (node !== undefined && at.includes(node as StageNode))
    const writers = this.people.writers.filter(isAmong).map(({ writer }) => writer)
    const readers = this.people.readers.filter(isAmong).map(({ reader }) => reader)
    const before = writers.map(({ accepted }) => accepted.length)
    await until(
      `${who}: every writer to go on; ${String(this.people.broke ?? '')}`,
      () => writers.every(({ accepted }, n) => accepted.length > (before[n] as number) + 3),
      seconds,
    )
    const rev = Math.max(...readers.map(({ known }) => known.rev))
    const behind = (): string[] =>
      readers
        .filter(({ known }) => known.rev <= rev)
        .map(({ name, known, problem }) => `${name} at ${known.rev}, ${String(problem)}`)
    await until(`${who}: every reader to pass ${rev}`, () => behind().length === 0, seconds).catch(
      (error: Error) => {
        throw new Error(`${error.message}: ${behind().join('; ')}`, { cause: error })
      },
    )
    this.#felt((performance.now() - begun) / 1000)
  }

  /**
   * Everybody stops; everything is compared, and nobody was told to load the room anew, which would hide what they were
   * told twice. Everything must be running by now.
   */
  async end(): Promise<void> {
    await this.people.stopWriting()
    const { items, ids } = await finalAccount(this.stage.sql, this.place.room, this.people)
    if (this.#faults.size === 0) throw new Error('no fault took effect: this evening shows nothing')
    const { removals, moderator, prober, failures, readers } = this.people
    const resets = readers.flatMap(({ witness }) => witness.resets)
    deepEqual(resets, [], 'readers were reset')
    const silences = readers.reduce((sum, { reader }) => sum + reader.silences, 0)
    for (const { name, times, back } of this.#faults.values()) {
      console.log(`  ${name}: ${times} ×, everybody went on within ${back.toFixed(1)} s`)
    }
    console.log(
      `  ${readers.length} readers equal to the database: ${ids.size} posts accepted and stored once, ` +
        `${moderator.edits} edited, ${removals.all.length} removed (and in none of ${JSON.stringify(prober.answers)} answers), ` +
        `${items.length} stand; ${failures} failed tries, nobody reset, ${silences} silences noticed`,
    )
  }

  /** Ends everything, whatever state it is in. */
  async clear(failed: boolean): Promise<void> {
    await this.people.leave()
    await this.#before?.close()
    await this.stage.clear(failed)
  }

  async #allSay(part: 'database' | 'bus', word: string, nodes: readonly StageNode[]): Promise<boolean> {
    const words = await Promise.all(nodes.map(({ server }) => server.health()))
    return words.every((said) => said[part] === word)
  }

  #felt(seconds: number): void {
    const fault = this.#last === undefined ? undefined : this.#faults.get(this.#last)
    if (fault) this.#faults.set(fault.name, { ...fault, back: Math.max(fault.back, seconds) })
  }
}
