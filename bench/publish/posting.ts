import { randomBytes } from 'node:crypto'
import { ServerProcess } from '../../e2e/parts/server-process.ts'
import { createApiKey } from '../../server/src/auth/api-keys.ts'
import { openDatabase } from '../../server/src/db/database.ts'
import type { Case } from './cases.ts'
import type { HttpPlan } from './http-load.ts'
import { makeRooms } from './make-rooms.ts'
import type { Pace } from './pace.ts'
import { pin, runPinned } from './pinned-node.ts'
import type { CaseResult } from './print-case.ts'

const ROOMS = 100
const GUESTS = 1000
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }
const BACKEND = ['User-Agent: node', 'Accept: */*']
const BROWSER = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: */*',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Origin: https://news.example',
  'Referer: https://news.example/',
  'Sec-Fetch-Dest: empty',
  'Sec-Fetch-Mode: cors',
  'Sec-Fetch-Site: cross-site',
]
const PLAIN = 'So it goes on, said somebody. '
const MARKED = 'So it *goes* on: https://news.example/a_b said **somebody**.\n\n- one\n- `two`\n\n'

/** Posts to a whole server process: by one key, as a site's own backend does, or by guests, as browsers do. */
export function posting(
  name: string,
  target: string,
  plan: { by: 'key' | 'guests'; pace: Pace; marked?: boolean },
): Case {
  const run: Case['run'] = async (postgres, { flags, characters, ...timing }) => {
    const database = await openDatabase(postgres.url, { poolSize: 1, log: quiet })
    const rooms = await makeRooms(database, ROOMS)
    const site = (rooms[0] as (typeof rooms)[0]).site.id
    const posters =
      plan.by === 'key'
        ? [`Bearer ${(await createApiKey(database, site, 'write', 'bench')).key}`]
        : Array.from({ length: GUESTS }, () => `Guest ${randomBytes(32).toString('base64url')}`)
    await database.close()
    const env = { NODE_OPTIONS: flags.join(' ') }
    const server = await ServerProcess.start({ databaseUrl: postgres.url, env })
    pin(server.pid, 0)
    const full: HttpPlan = {
      ...timing,
      pace: plan.pace,
      port: server.port,
      serverPid: server.pid,
      postgresPid: postgres.pid,
      connections: 128,
      rooms: rooms.map(({ address }) => address),
      posters,
      headers: plan.by === 'key' ? BACKEND : BROWSER,
      texts: [`${plan.marked ? MARKED : ''}${PLAIN.repeat(1000)}`.slice(0, characters)],
    }
    try {
      return await runPinned<CaseResult>(1, 'http-load.ts', full)
    } finally {
      await server.remove()
    }
  }
  return { name, target, run }
}
