import { afterEach, expect, test, vi } from 'vitest'
import { Session } from './session.ts'

afterEach(() => {
  vi.useRealTimers()
})

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
  const session = new Session('acme', getToken, () => {})
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
