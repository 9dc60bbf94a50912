import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ServerProcess } from './server-process.ts'

const run = promisify(execFile)
const CLI = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url))

/** `halley …` beside a running server; resolves with what it printed. */
export async function halley(server: ServerProcess, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [CLI, ...args], { env: server.env, timeout: 60_000 })
  return stdout.trim()
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
