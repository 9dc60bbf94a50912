import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Flights } from './flights.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

test('RECENT12 what many ask for together is put together once, and nobody gets what was begun before they came', async () => {
  const begun: number[] = []
  const flights = new Flights<string, number>(250, async () => {
    begun.push(performance.now())
    const number = begun.length
    await new Promise((resolve) => setTimeout(resolve, 20))
    return number
  })
  const told: number[] = []
  const ask = () => void flights.ask('a').then((number) => told.push(number))
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(10)
  for (let n = 0; n < 100; n += 1) ask()
  await vi.advanceTimersByTimeAsync(20)
  expect(told).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(300)
  expect(told.slice(2)).toEqual(Array(100).fill(2))
  expect((begun[1] as number) - (begun[0] as number)).toBe(250)
  await vi.advanceTimersByTimeAsync(1000)
  expect(vi.getTimerCount(), 'what is remembered of a room that nobody asks for').toBe(0)
  ask()
  await vi.advanceTimersByTimeAsync(25)
  expect(told.at(-1), 'at once after a rest').toBe(3)
})
