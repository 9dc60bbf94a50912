import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { endChild, startPinned } from '../pinned-node.ts'
import { nodeProcesses } from './process-figures.ts'

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
const CLI = fileURLToPath(new URL('../../server/src/cli/main.ts', import.meta.url))
const COLLECT = fileURLToPath(new URL('collect-garbage.ts', import.meta.url))
export const ROOM = 'bench/room'
/** What one address may do is not what is measured, and all the load comes from one. */
const UNLIMITED = Object.fromEntries(
  ['JOINS_ADDRESS', 'READS_KEY', 'POSTS_KEY', 'CONNECTIONS_ADDRESS'].map((what) => [
    `LIMIT_${what}`,
    '100000000',
  ]),
)

export interface Product {
  readonly port: number
  readonly pid: number
  /** `Authorization` of a key that may moderate. */
  readonly authorization: string
  /** Asks for a collection, and waits until memory no longer goes down. */
  collect(): Promise<void>
  stop(): Promise<void>
}

/** The product as it is started by anybody: one node with its own Postgres, and one public room. */
export async function startProduct({
  core,
  flags = [],
  env = {},
}: {
  core: number
  flags?: readonly string[]
  env?: NodeJS.ProcessEnv
}): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), 'halley-readers-'))
  chmodSync(dataDir, 0o755)
  const settings = {
    ...process.env,
    DATA_DIR: dataDir,
    DEMO: 'off',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DRAIN_DELAY: '0',
    DRAIN_WINDOW: '0',
    ...UNLIMITED,
    ...env,
  }
  const child = startPinned(core, ['--expose-gc', '--import', COLLECT, ...flags, MAIN], { env: settings })
  const stop = async () => {
    await endChild(child)
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const port = await portOf(child)
    const halley = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)(process.execPath, [CLI, ...args], { env: settings })).stdout.trim()
    await halley('site', 'create', 'bench')
    await halley('room', 'create', ROOM)
    const authorization = `Bearer ${await halley('key', 'create', 'bench', '--scope', 'moderate')}`
    const pid = child.pid as number
    return { port, pid, authorization, collect: () => collect(pid), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The start notice names the address. */
export function portOf(child: ReturnType<typeof startPinned>): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (data: string) => {
      text += data
      const match = /https?:\/\/[^\s/]*?:(\d+)/.exec(text)
      if (match) resolve(Number(match[1]))
    })
    child.once('exit', (code) => reject(new Error(`the product ended with ${code}: ${text}`)))
  })
}

async function collect(pid: number): Promise<void> {
  for (const one of nodeProcesses(pid)) process.kill(one, 'SIGUSR2')
  await new Promise((resolve) => setTimeout(resolve, 2000))
}
