import { expect, test } from 'vitest'
import project from '../../package.json' with { type: 'json' }
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { ownStage, texts, type Visit } from '../parts/widget-stage.ts'

const token = 'of the tests of watching'
const stage = ownStage({ ACK_SHARE: '100', METRICS_TOKEN: token })

/** A number that the server shows; 0 where it has not counted yet. */
async function shown(name: string): Promise<number> {
  const answer = await fetch(`${stage.server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const LAGS = 'halley_reader_lag_seconds_count'
const CURRENT = 'halley_acks_total{state="current"}'

/** A page that has confirmed what it began with: whatever it draws from then on is measured. */
async function visitMeasured(...asked: Parameters<typeof stage.visit>): Promise<Visit> {
  const acks = await shown(CURRENT)
  const visit = await stage.visit(...asked)
  await until('the first confirmation', async () => (await shown(CURRENT)) > acks)
  return visit
}

/** Resolves once a reader has told the delay of something new, and that it is current. */
async function confirmedAfter(act: () => Promise<unknown>): Promise<void> {
  const [lags, acks] = [await shown(LAGS), await shown(CURRENT)]
  await act()
  await until('its delay', async () => (await shown(LAGS)) > lags && (await shown(CURRENT)) > acks)
}

const NO_SOCKET = 'WebSocket = function () { throw new Error("blocked") }'
const NO_STREAM = `const real = fetch
fetch = (to, init) => (String(to).endsWith('/v1/stream') ? Promise.reject(new Error('blocked')) : real(to, init))`
/** Who hears late what the server's clock says believes that it is ahead of it. */
const HEARD_LATE = `{
  const real = fetch
  let told = 0
  fetch = async (to, init) => {
    const answer = await real(to, init)
    if (String(to).endsWith('/v1/ack') && told++ === 0) await new Promise((then) => setTimeout(then, 4000))
    return answer
  }
}`
/** Confirmations are spread over two seconds, each of these over its own. */
const AT_ONCE = 'Math.random = () => 0'

test.each([
  ['a socket', '', '/v1/socket'],
  ['an event stream', NO_SOCKET, '/v1/stream'],
  ['polls', `${NO_SOCKET}\n${NO_STREAM}`, '/v1/poll'],
  ['a socket, however late it is on the screen', AT_ONCE, '/v1/socket'],
  ['a socket, however late it is told the time at first', HEARD_LATE, '/v1/socket'],
])(
  'ACK4 a page that is asked confirms what it has drawn, and how late it was, by %s',
  async (_how, before, way) => {
    const { room, ada } = await stage.filledRoom(2)
    const { asked } = await visitMeasured(plainPage(tag(stage.server.url, room)), { before })
    const sum = await shown('halley_reader_lag_seconds_sum')
    await confirmedAfter(() => ada.post('drawn'))
    expect((await shown('halley_reader_lag_seconds_sum')) - sum).toBeLessThan(60)
    expect(asked.some((address) => new URL(address).pathname === way)).toBe(true)
  },
)

test('DARK1 a dark feed follows and confirms without showing anything or taking room, for the share of views that is set', async () => {
  const { room, ada } = await stage.filledRoom(3)
  const none = await stage.visit(plainPage(tag(stage.server.url, room, { dark: '0' })))
  const { page } = await visitMeasured(plainPage(tag(stage.server.url, room, { dark: '1' })))
  const bare = await stage.visit(plainPage(''))
  const top = (at: typeof page) => at.locator('#below').evaluate((below) => below.getBoundingClientRect().top)
  await confirmedAfter(() => ada.post('unseen'))
  expect(await top(page)).toBe(await top(bare.page))
  expect(await page.locator('halley-feed').evaluate((feed) => [!feed.shadowRoot, feed.clientHeight])).toEqual(
    [true, 0],
  )
  expect(await texts(page)).toEqual([])
  expect(await top(none.page)).toBe(await top(bare.page))
  expect(none.asked.filter((address) => /v1|assets/.test(address))).toEqual([])
})

test('ERR4 a mistake in drawing is told to the server by release, kind and place, without its text', async () => {
  const { room } = await stage.filledRoom(1)
  const before = `const make = Document.prototype.createElement
    Document.prototype.createElement = function (name, ...more) {
      if (name === 'time') throw new RangeError('as Ada said')
      return make.call(this, name, ...more)
    }`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before })
  const told = page.waitForRequest((request) => request.url().endsWith('/v1/faults'))
  const said = (await told).postDataJSON()
  expect(said).toMatchObject({ release: project.version, code: 'RangeError' })
  expect(said.at.some((place: string) => /^feed-[\w-]+\.js:\d+:\d+$/.test(place))).toBe(true)
  expect(JSON.stringify(said)).not.toContain('Ada')
  const name = `halley_exceptions_total{where="widget",release="${project.version}",code="RangeError"}`
  await until('it to be counted', async () => (await shown(name)) > 0)
})

test('ERR5 of a page that is measured mistakes outside of drawing are told, and those of the host page are not', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const { page } = await visitMeasured(plainPage(tag(stage.server.url, room)))
  const asked: string[] = []
  page.on(
    'request',
    (request) => request.url().endsWith('/v1/faults') && asked.push(request.postData() ?? ''),
  )
  await page.evaluate(() => {
    setTimeout(() => {
      throw new TypeError('of the page itself')
    })
    window.requestAnimationFrame = () => {
      throw new EvalError('as Ada said')
    }
  })
  await ada.post('to be measured')
  await until('it to be told', () => asked.length > 0)
  expect(asked.map((text) => JSON.parse(text).code)).toEqual(['EvalError'])
})
