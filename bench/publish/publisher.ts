import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { type Database, openDatabase } from '../../server/src/db/database.ts'
import type { PostRequest } from '../../server/src/log/change-request.ts'
import { Publisher } from '../../server/src/log/publish.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { makeRooms } from './make-rooms.ts'
import { type Driven, drive, type Timing } from './pace.ts'

// One node's door for writing as a process of its own: `node publisher.ts PLAN` publishes and prints a `PublishResult`.

export interface PublishPlan extends Timing {
  readonly url: string
  readonly postgresPid: number
  readonly rooms: number
  readonly characters: number
  /** A checkpoint is asked for in the middle. */
  readonly checkpoint: boolean
}

export interface PublishResult extends Driven {
  readonly nodeCpu: number
  readonly postgresCpu: number
  readonly batches: number
}

const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }
const plan = JSON.parse(process.argv[2] as string) as PublishPlan
const database = await openDatabase(plan.url, { poolSize: 10, log: quiet })
const rooms = await makeRooms(database, plan.rooms)
const publisher = new Publisher({ database, bus: { publish() {} }, log: quiet })
const text = 'So it goes on, said somebody. '.repeat(1000).slice(0, plan.characters)

function aPost(): PostRequest {
  const body = [{ type: 'paragraph' as const, children: [text] }]
  const hash = randomUUID()
  return { type: 'post', id: uuidv7(), kind: 'post', author: { name: 'Ada' }, body, text, hash }
}

async function send(n: number): Promise<void> {
  const outcome = await publisher.publish(rooms[n % rooms.length] as (typeof rooms)[0], aPost(), 'key:bench')
  if (outcome.status !== 'done') throw new Error(`a post was ${outcome.status}`)
}

const used = () => {
  const { user, system } = process.cpuUsage()
  const node = (user + system) / 1e6
  return { node, postgres: cpuSeconds(plan.postgresPid), batches: publisher.counts.batches }
}
let [before, after] = [used(), used()]
const checkpointed = plan.checkpoint ? checkpointLater(database) : Promise.resolve()
const driven = await drive(plan, send, (moment) => {
  if (moment === 'begins') before = used()
  else after = used()
})
await checkpointed
const result: PublishResult = {
  ...driven,
  nodeCpu: after.node - before.node,
  postgresCpu: after.postgres - before.postgres,
  batches: after.batches - before.batches,
}
console.log(JSON.stringify(result))
await publisher.close()
await database.close()

async function checkpointLater({ url }: Database): Promise<void> {
  const patient = await openDatabase(url, { poolSize: 1, log: quiet, statementMs: 600_000 })
  await new Promise((resolve) => setTimeout(resolve, (plan.warmupSeconds + plan.seconds / 2) * 1000))
  await patient.sql`CHECKPOINT`
  await patient.close()
}
