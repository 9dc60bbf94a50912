// `npx pnpm@12 run setup`: brings what the tests would bring on their first run, and builds the widget. Needed by
// nobody; good before going offline.
import { findChromium } from '../e2e/parts/chromium.ts'
import { startPostgres } from '../e2e/parts/postgres.ts'
import { sharedRedis } from '../e2e/parts/redis.ts'
import { buildWidget } from './build-widget.ts'
import { ROOT } from './root.ts'

const parts = [await startPostgres(), await sharedRedis()]
for (const part of parts) await part.stop()
console.log(`Chromium: ${await findChromium()}`)
console.log(`widget: ${buildWidget(ROOT)}`)
