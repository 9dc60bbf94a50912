import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import { isAlive, signalTree } from './process-tree.ts'
import { type TempFolder, tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
const READY_SECONDS = 60
/** Of tests: what is limited is tested by the server's own tests. */
const UNLIMITED = Object.fromEntries(
  ['POSTS', 'READS', 'JOINS'].flatMap((what) =>
    ['PERSON', 'ADDRESS', 'KEY'].map((who) => [`LIMIT_${what}_${who}`, '100000000']),
  ),
)

export interface ServerSettings {
  /** Undefined: the Postgres that the server brings itself. */
  readonly databaseUrl?: string
  readonly redisUrl?: string
  /** More of the environment, which wins over everything else. */
  readonly env?: Readonly<Record<string, string>>
}

/** A server that runs, for whoever only asks it. */
export type RunningServer = Pick<ServerProcess, 'url' | 'port' | 'env'>

/** `server/src/main.ts` as a process of its own, on a port that stays the same when it is started again. */
export class ServerProcess {
  readonly port: number
  readonly dataDir: string
  readonly #settings: ServerSettings
  readonly #folder: TempFolder
  #child: Child | undefined
  #main = MAIN
  #outputBefore = ''

  private constructor(port: number, settings: ServerSettings) {
    this.port = port
    this.#settings = settings
    this.#folder = tempFolder('server')
    this.dataDir = join(this.#folder.path, 'data')
    mkdirSync(this.dataDir, { mode: 0o755 })
  }

  /** Resolves when it answers that it is ready. */
  static async start(settings: ServerSettings): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), settings)
    await server.start()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** What it printed, over all its lives. */
  get output(): string {
    return this.#outputBefore + (this.#child?.output ?? '')
  }

  /** What programs that stand beside it, as the command line, need to find the same parts. */
  get env(): NodeJS.ProcessEnv {
    const { databaseUrl, redisUrl, env } = this.#settings
    return {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DATA_DIR: this.dataDir,
      SECRET_KEY: 'of the end-to-end tests, for nothing else',
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      ...(redisUrl && { REDIS_URL: redisUrl }),
      ...env,
    }
  }

  /** What is started next is of another copy of the project. */
  replaceBy(root: string): void {
    this.#main = join(root, 'server', 'src', 'main.ts')
  }

  /** Starts it (again). */
  async start(): Promise<void> {
    if (this.#child?.running) throw new Error('it is running already')
    this.#outputBefore = this.output
    const given = {
      HOST: '127.0.0.1',
      PORT: `${this.port}`,
      DEMO: 'off',
      DRAIN_DELAY: '0',
      DRAIN_WINDOW: '0',
      ACK_SHARE: '0',
    }
    const env = { ...given, ...UNLIMITED, ...this.env }
    const child = new Child(process.execPath, [this.#main], 'SIGTERM', { env, detached: true })
    this.#child = child
    await child.begun('the server to be ready', () => this.#isReady(), READY_SECONDS)
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2000) })
    return answer.ok
  }

  /** What it says of itself, ready or not. */
  async health(): Promise<{ readonly database: 'up' | 'down'; readonly bus: 'up' | 'down' }> {
    const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5000) })
    return (await answer.json()) as { database: 'up' | 'down'; bus: 'up' | 'down' }
  }

  /** Without any warning, as when a machine dies: all its processes. Resolves when they are gone. */
  async kill(): Promise<void> {
    const gone = signalTree(this.pid, 'SIGKILL')
    await this.#child?.exited
    await until('every process of the server to be gone', () => !gone.some(isAlive))
  }

  /** Politely, as by Ctrl-C or a deployment. Resolves with the exit code; kills it after `seconds`. */
  async end(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM', seconds = 30): Promise<number | NodeJS.Signals> {
    return (await this.#child?.end(signal, seconds)) ?? 0
  }

  /** Neither alive nor dead, until `thaw`. */
  freeze(): void {
    signalTree(this.pid, 'SIGSTOP')
  }

  thaw(): void {
    signalTree(this.pid, 'SIGCONT')
  }

  /** Ends it and removes its folder. Where `failed`, what it printed is kept and the message says where. */
  async remove(failed = false): Promise<void> {
    await this.end()
    this.#folder.remove()
    if (!failed) return
    const path = join(tmpdir(), `halley-failed-server-${this.port}.log`)
    writeFileSync(path, this.output)
    console.log(`what the server printed is kept in ${path}`)
  }
}
