import { expect, test } from 'vitest'
import { CrashLoop } from './crash-loop.ts'
import { Pauses } from './pauses.ts'

test('CREW2 pauses double up to half a minute, are drawn by half, and begin anew after a steady minute', () => {
  const [longest, shortest] = [new Pauses(() => 1), new Pauses(() => 0)]
  const after = (pauses: Pauses) => Array.from({ length: 11 }, () => pauses.after(0))
  expect(after(longest)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
  expect(after(shortest).slice(0, 3)).toEqual([50, 100, 200])
  expect(longest.after(59_999)).toBe(30_000)
  expect(longest.after(60_000)).toBe(100)
})

test('CREW3 five crashes within a minute are a loop, which lasts until a minute has passed without one', () => {
  const loop = new CrashLoop()
  const crashes = [0, 10_000, 20_000, 65_000, 66_000, 67_000, 68_000, 90_000]
  expect(crashes.map((at) => loop.add(at))).toEqual([false, false, false, false, false, true, false, false])
  expect(loop.on(149_999)).toBe(true)
  expect(loop.on(150_000)).toBe(false)
  expect([200_000, 200_001, 200_002, 200_003, 200_004].map((at) => loop.add(at))).toEqual([
    false,
    false,
    false,
    false,
    true,
  ])
})
