import { readFileSync } from 'node:fs'
import { cpuSeconds } from '../publish/cpu-seconds.ts'
import { type Answer, HttpClient } from '../publish/http-client.ts'
import { type Driven, drive, type Timing } from '../publish/pace.ts'

// Reads pages over HTTP as a process of its own: `node page-load.ts {"file":PLAN}` prints a `PageResult`.

export interface PagePlan extends Timing {
  readonly port: number
  readonly serverPid: number
  readonly postgresPid: number
  readonly paths: readonly string[]
  readonly conditional: boolean
}

export interface PageResult extends Driven {
  readonly nodeCpu: number
  readonly postgresCpu: number
  /** Of all answers. */
  readonly meanBytes: number
  readonly statuses: Readonly<Record<string, number>>
}

/** As many as a balancer would keep. */
const CONNECTIONS = 64
const { file } = JSON.parse(process.argv[2] as string) as { file: string }
const plan = JSON.parse(readFileSync(file, 'utf8')) as PagePlan
const free = await Promise.all(Array.from({ length: CONNECTIONS }, () => HttpClient.open(plan.port)))
const all = [...free]
const waiting: ((client: HttpClient) => void)[] = []
const tags = new Map<string, string>()
const seen = { bytes: 0, statuses: {} as Record<string, number> }

async function read(path: string): Promise<Answer> {
  const client = free.pop() ?? (await new Promise<HttpClient>((resolve) => waiting.push(resolve)))
  const tag = plan.conditional ? tags.get(path) : undefined
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Origin: https://example.org',
    'Accept-Encoding: gzip, deflate, br, zstd',
    ...(tag ? [`If-None-Match: ${tag}`] : []),
  ]
  const answer = await client.get(`${lines.join('\r\n')}\r\n`)
  const next = waiting.shift()
  if (next) next(client)
  else free.push(client)
  if (answer.status !== 200 && answer.status !== 304) throw new Error(`${path} was answered ${answer.status}`)
  if (plan.conditional) tags.set(path, /etag: (.+?)\r/i.exec(answer.head)?.[1] ?? '')
  return answer
}

const used = () => ({ node: cpuSeconds(plan.serverPid), postgres: cpuSeconds(plan.postgresPid) })
let [before, after] = [used(), used()]
if (plan.conditional) for (const path of plan.paths) await read(path)
const driven = await drive(
  plan,
  async (n) => {
    const { status, bytes } = await read(plan.paths[n % plan.paths.length] as string)
    seen.bytes += bytes
    seen.statuses[status] = (seen.statuses[status] ?? 0) + 1
  },
  (moment) => {
    if (moment === 'begins') before = used()
    else after = used()
  },
)
const answers = Object.values(seen.statuses).reduce((sum, count) => sum + count, 0)
const result: PageResult = {
  ...driven,
  nodeCpu: after.node - before.node,
  postgresCpu: after.postgres - before.postgres,
  meanBytes: seen.bytes / answers,
  statuses: seen.statuses,
}
console.log(JSON.stringify(result))
for (const client of all) client.close()
