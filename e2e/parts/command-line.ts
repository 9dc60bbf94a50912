import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { RunningServer } from './server-process.ts'

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
const waiting = new Map<number, PromiseWithResolvers<CommandAnswer>>()

/** Ends with this process, which its open channel does not keep. */
function startHost(): ChildProcess {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const child = fork(HOST, [CLI], { execArgv: [], env: { PATH, HOME, NODE_COMPILE_CACHE } })
  child.on('message', (answer: CommandAnswer) => waiting.get(answer.id)?.resolve(answer))
  child.once('exit', () => {
    host = undefined
    for (const { reject } of waiting.values()) reject(new Error('the process of the command line ended'))
  })
  child.unref()
  child.channel?.unref()
  return child
}

async function answerTo(line: CommandLine): Promise<CommandAnswer> {
  host ??= startHost()
  const answer = Promise.withResolvers<CommandAnswer>()
  waiting.set(line.id, answer)
  const timer = setTimeout(() => answer.reject(new Error(`no answer within ${SECONDS} s`)), SECONDS * 1000)
  host.send(line)
  try {
    return await answer.promise
  } finally {
    clearTimeout(timer)
    waiting.delete(line.id)
  }
}

/**
 * `halley …` beside a running server, in a process of its own that all commands of a test's process share; resolves with
 * what it printed. Throws where it fails, with what it said.
 */
export async function halley(server: RunningServer, ...args: string[]): Promise<string> {
  last += 1
  const { status, out, err } = await answerTo({ id: last, args, env: server.env })
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
export async function makeRoom(server: RunningServer): Promise<TestRoom> {
  const site = `site-${randomBytes(4).toString('hex')}`
  const room = `${site}/keynote`
  await halley(server, 'site', 'create', site)
  await halley(server, 'room', 'create', room, '--title', 'Keynote', '--posting', 'guests')
  const key = await halley(server, 'key', 'create', site, '--scope', 'moderate')
  return { room, moderator: `Bearer ${key}` }
}
