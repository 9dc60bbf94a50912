// For tests: a process that has a Postgres of its own. `node test-owner.ts DATA_DIR`; it prints a line of JSON, does not
// mind SIGINT, and stops what it started on SIGTERM.
import { startEmbeddedPostgres } from './embedded-postgres.ts'

const say = (words: unknown) => console.error(words)
const log = { debug: say, info: say, warn: say, error: say }
const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log })
process.on('SIGINT', () => {})
process.once('SIGTERM', async () => {
  await postgres.stop()
  process.exit(0)
})
console.log(JSON.stringify({ url: postgres.url, pid: postgres.pid }))
setInterval(() => {}, 60_000)
