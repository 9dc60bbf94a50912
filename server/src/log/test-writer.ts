// For tests: a process that posts into a room. `node test-writer.ts URL SITE ROOM POSTS WRITERS`; with 0 posts it goes
// on until it is ended. Every third post is sent twice, as by somebody who did not hear the answer.
import { openDatabase } from '../db/database.ts'
import { Rooms } from '../rooms/rooms.ts'
import { openLog } from './open-log.ts'
import { aPost, silent } from './test-log.ts'

const [url = '', site = '', slug = '', posts = '0', writers = '1'] = process.argv.slice(2)
const database = await openDatabase(url, { poolSize: 4, log: silent })
const log = openLog({ database, bus: { publish() {} }, log: silent })
const room = await new Rooms(database).find(site, slug)
if (!room) throw new Error('there is no such room')

const last = Number(posts) || Number.POSITIVE_INFINITY
let sent = 0
async function write(): Promise<void> {
  while (sent < last) {
    sent += 1
    const post = aPost(`post ${sent} of ${process.pid}`)
    const again = sent % 3 === 0 ? [log.publish(room as NonNullable<typeof room>, post, 'writer')] : []
    await Promise.all([log.publish(room as NonNullable<typeof room>, post, 'writer'), ...again])
  }
}
await Promise.all(Array.from({ length: Number(writers) }, write))
await log.close()
await database.close()
