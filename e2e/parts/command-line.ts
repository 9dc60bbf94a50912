import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from './server-process.ts'

const CLI = fileURLToPath(new URL('../../server/src/cli/halley.ts', import.meta.url))
const HOST = fileURLToPath(new URL('command-host.ts', import.meta.url))
const SECONDS = 60

export interface CommandLine {
  readonly id: number
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface CommandAnswer {
  readonly id: number
  /** What the program would have exited with. */
  readonly status: number
  readonly out: string
  readonly err: string
}

let host: ChildProcess | undefined
let last = 0

/** Ends with this process, which its open channel does not keep. */
function startHost(): ChildProcess {
  const { PATH, HOME } = process.env
  const child = fork(HOST, [CLI], { execArgv: [], env: { PATH, HOME } })
  child.setMaxListeners(0)
  child.once('exit', () => {
    host = undefined
  })
  child.unref()
  child.channel?.unref()
  return child
}

/**
 * `halley …` beside a running server, in a process of its own that all commands of a test file share; resolves with
 * what it printed. Throws where it fails, with what it said.
 */
export async function halley(server: ServerProcess, ...args: string[]): Promise<string> {
  host ??= startHost()
  const child = host
  last += 1
  const line: CommandLine = { id: last, args, env: server.env }
  const { status, out, err } = await new Promise<CommandAnswer>((resolve, reject) => {
    const end = (work: () => void) => {
      clearTimeout(timer)
      child.off('message', hear).off('exit', gone)
      work()
    }
    const hear = (answer: CommandAnswer) => {
      if (answer.id === line.id) end(() => resolve(answer))
    }
    const gone = () => end(() => reject(new Error(`halley ${args.join(' ')}: its process ended`)))
    const timer = setTimeout(gone, SECONDS * 1000)
    child.on('message', hear).once('exit', gone)
    child.send(line)
  })
  if (status !== 0) throw new Error(`halley ${args.join(' ')}: ${status}: ${err}`)
  return out.trim()
}

export interface TestRoom {
  /** `site/room` */
  readonly room: string
  /** `Bearer …` of a key that may moderate. */
  readonly moderator: string
}

/** A room of a site of its own where guests may post, with a moderator's key. */
export async function makeRoom(server: ServerProcess): Promise<TestRoom> {
  const site = `site-${randomBytes(4).toString('hex')}`
  const room = `${site}/keynote`
  await halley(server, 'site', 'create', site)
  await halley(server, 'room', 'create', room, '--title', 'Keynote', '--posting', 'guests')
  const key = await halley(server, 'key', 'create', site, '--scope', 'moderate')
  return { room, moderator: `Bearer ${key}` }
}
