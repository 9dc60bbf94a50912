import { v7 as uuidv7 } from 'uuid'
import { cpuSeconds } from './cpu-seconds.ts'
import { HttpClient } from './http-client.ts'
import { type Driven, drive, type Timing } from './pace.ts'

// Posts over HTTP as a process of its own: `node http-load.ts PLAN` prints an `HttpResult`.

export interface HttpPlan extends Timing {
  readonly port: number
  readonly serverPid: number
  readonly postgresPid: number
  readonly connections: number
  /** Addresses of rooms. */
  readonly rooms: readonly string[]
  /** `Authorization` of those who post, in turn. */
  readonly posters: readonly string[]
  /** More header lines, as their clients send them. */
  readonly headers: readonly string[]
  readonly texts: readonly string[]
}

export interface HttpResult extends Driven {
  readonly nodeCpu: number
  readonly postgresCpu: number
}

const plan = JSON.parse(process.argv[2] as string) as HttpPlan
const free = await Promise.all(Array.from({ length: plan.connections }, () => HttpClient.open(plan.port)))
const all = [...free]
/** Posts that wait for a connection. */
const waiting: ((client: HttpClient) => void)[] = []

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

async function send(n: number): Promise<void> {
  const client = free.pop() ?? (await new Promise<HttpClient>((resolve) => waiting.push(resolve)))
  const lines = [
    `POST /v1/rooms/${pick(plan.rooms, n)}/items HTTP/1.1`,
    `Host: 127.0.0.1:${plan.port}`,
    `Authorization: ${pick(plan.posters, n)}`,
    'Content-Type: application/json',
    ...plan.headers,
  ]
  const post = { id: uuidv7(), author: { name: `Somebody ${n % 1000}` }, text: pick(plan.texts, n) }
  const status = await client.post(`${lines.join('\r\n')}\r\n`, JSON.stringify(post))
  if (status !== 201) throw new Error(`a post was answered ${status}`)
  const next = waiting.shift()
  if (next) next(client)
  else free.push(client)
}

const used = () => ({ node: cpuSeconds(plan.serverPid), postgres: cpuSeconds(plan.postgresPid) })
let [before, after] = [used(), used()]
const driven = await drive(plan, send, (moment) => {
  if (moment === 'begins') before = used()
  else after = used()
})
const result: HttpResult = {
  ...driven,
  nodeCpu: after.node - before.node,
  postgresCpu: after.postgres - before.postgres,
}
console.log(JSON.stringify(result))
for (const client of all) client.close()
