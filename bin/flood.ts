// `npx pnpm@12 run flood --room site/room`: rehearses an evening in one room of a running server. It is for servers of
// one's own, so it leaves the machine only where the host is named a second time.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { flood } from '../bench/flood/flood.ts'
import { typedArguments } from './run-tests.ts'

const USAGE = `flood --room SITE/ROOM
  --url http://127.0.0.1:8080   the server
  --readers 1000                open WebSockets, at most 100,000
  --rate 10                     posts a second, at most 2,000
  --size 300                    characters of each, 50 to 4,000
  --seconds 30                  at most 3,600
  --key hk_…                    posts with this API key; without one, as 100 guests
  --yes-really HOST             for a server that is not on this machine: its host again`

const { values } = parseArgs({
  args: typedArguments(),
  options: {
    room: { type: 'string' },
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    readers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '10' },
    size: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '30' },
    key: { type: 'string' },
    'yes-really': { type: 'string' },
  },
})

function refuse(why: string): never {
  console.error(`${why}\n\n${USAGE}`)
  process.exit(2)
}

function within(name: 'readers' | 'rate' | 'size' | 'seconds', least: number, most: number): number {
  const value = Number(values[name])
  return value >= least && value <= most ? value : refuse(`--${name} is from ${least} to ${most}`)
}

if (!values.room?.includes('/')) refuse('which room?')
if (!URL.canParse(values.url)) refuse(`${values.url} is no address`)
const { hostname, origin } = new URL(values.url.replace('//localhost', '//127.0.0.1'))
const isHere = /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === '[::1]'
if (!isHere && values['yes-really'] !== hostname) refuse(`${hostname} is another machine`)

const guests = Array.from({ length: 100 }, () => `Guest ${randomBytes(32).toString('base64url')}`)
const figures = await flood({
  urls: [origin],
  rooms: [values.room],
  roomsEach: 1,
  readers: within('readers', 1, 100_000),
  perSecond: within('rate', 0.1, 2000),
  size: within('size', 50, 4000),
  seconds: within('seconds', 1, 3600),
  posters: values.key ? [`Bearer ${values.key}`] : guests,
  warmupSeconds: 2,
  core: 1,
}).catch((error: Error) => {
  console.error(`the flood could not begin or go on: ${error.message}`)
  process.exit(1)
})
const { accepted, refused, again, seconds, post, last, deliveries, bytes, missing, uneven, lost } = figures
const ms = ({ p50, p99 }: { p50: number; p99: number }): string =>
  Number.isNaN(p50) ? 'nothing to time' : `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
console.log(`${accepted} posts accepted in ${seconds.toFixed(0)} s: ${ms(post)}`)
console.log(`post → last of ${values.readers} readers: ${ms(last)}`)
console.log(`${deliveries} deliveries, ${(bytes / 1e6).toFixed(1)} MB`)
for (const [why, count] of again) console.log(`${count} sent again: ${why}`)
for (const [answer, count] of refused) console.log(`${count} × ${answer}`)
console.log(
  `${missing} items missing somewhere, ${uneven} readers with others than their neighbours, ${lost} connections ended`,
)
process.exit(missing + uneven + lost > 0 || accepted === 0 ? 1 : 0)
