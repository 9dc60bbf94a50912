import { afterEach, expect, test, vi } from 'vitest'
import type { News } from '../connection/follower.ts'
import { Session } from './session.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** A feed that takes note of what it hears. */
function feedOf(heard: string[] = [], identify = () => {}) {
  return {
    room: 'acme/keynote',
    view: 'reader' as const,
    token: undefined,
    position: undefined,
    hear: ({ type }: News) => heard.push(type),
    options: { connection: { identify } },
  }
}

/** How often a page that gives ten minutes was asked in half an hour of this year, by a reader whose clock says 2026. */
async function asked(year: number, withIat: boolean): Promise<number> {
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 14) })
  const ahead = Date.UTC(year, 2, 14) - Date.now()
  let times = 0
  const getToken = () => {
    times += 1
    const iat = (Date.now() + ahead) / 1000
    const claims = { ...(withIat && { iat }), exp: iat + 600 }
    return `head.${btoa(JSON.stringify(claims))}.${times}`
  }
  const session = new Session('acme', getToken, feedOf())
  await session.renew()
  await vi.advanceTimersByTimeAsync(30 * 60_000)
  session.stop()
  return times
}

test.each([
  ['is far ahead', 2020, 8],
  ['is far behind', 2080, 8],
  ['is right', 2026, 4],
])('CONN17 asks for another token before one ends where the clock %s', async (_how, year, withoutIat) => {
  expect(await asked(year, true)).toBe(4)
  expect(await asked(year, false)).toBe(withoutIat)
})

test.each([
  [
    'answers too late',
    (token: string) => new Promise<string>((done) => setTimeout(done, 9000, token)),
    ['reset'],
    true,
  ],
  ['never answers', () => new Promise<string>(() => {}), [], false],
  ['answers in time', async (token: string) => token, [], true],
])(
  'CONN21 has a feed begin as nobody, and again as somebody, only where the page %s',
  async (_how, ask, told, known) => {
    vi.useFakeTimers()
    const heard: string[] = []
    const session = new Session('acme', () => ask('head.claims.sign'), feedOf(heard))
    let began = false
    session.renew().then(() => {
      began = true
    })
    await vi.advanceTimersByTimeAsync(4000)
    expect(began).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(session.signedIn).toBe(known)
    expect(heard).toEqual(told)
    session.stop()
  },
)

test('CONN21 goes on as nobody where the page does not answer after its token was refused', async () => {
  vi.useFakeTimers()
  let asked = 0
  const getToken = async () => (asked++ === 0 ? 'head.claims.sign' : new Promise<string>(() => {}))
  const session = new Session('acme', getToken, feedOf())
  await session.renew()
  expect(session.signedIn).toBe(true)
  const renewed = session.renew(session.token)
  await vi.advanceTimersByTimeAsync(4000)
  await renewed
  expect(session.token).toBeUndefined()
  session.stop()
})

test('CONN14 a page whose token was refused is asked on, also when it fails in between', async () => {
  vi.useFakeTimers()
  let asked = 0
  const getToken = () => {
    asked += 1
    if (asked === 3) throw new Error('the host was away for a moment')
    return asked < 3 ? 'head.claims.bad' : 'head.claims.good'
  }
  const identify = vi.fn()
  const session = new Session('acme', getToken, feedOf([], identify))
  await session.renew()
  await session.renew(session.token)
  expect([asked, session.signedIn]).toEqual([2, false])
  await vi.advanceTimersByTimeAsync(30_000)
  expect([asked, session.token]).toEqual([4, 'Bearer head.claims.good'])
  // As nobody a reader is known already: only who has become somebody is told.
  expect(identify).toHaveBeenCalledTimes(1)
  session.stop()
})
