import { expect, test } from 'vitest'
import { CountPace } from './count-pace.ts'

const LOOK_MS = 750

/** What is told, and when, of counts that are seen at one look after the other. */
function told(counts: readonly number[], here: (count: number) => number): [at: number, count: number][] {
  const pace = new CountPace(LOOK_MS)
  return counts
    .map((count, look): [number, number] => [look * LOOK_MS, count])
    .filter(([at, count]) => pace.isDue(count, here(count), at))
}

test('CROWD4 while a crowd comes it is told of itself seldom, and once it stands at the second look', () => {
  const coming = Array.from({ length: 20 }, (_, look) => 1000 * (look + 1))
  const standing = [20_000, 20_000, 20_000, 20_000]
  const times = told([...coming, ...standing], (count) => count)
  expect(times).toEqual([
    [0, 1000],
    [20 * LOOK_MS, 20_000],
  ])
})

test('CROWD4 a number that never stands is told all the same', () => {
  const times = told(
    Array.from({ length: 100 }, (_, look) => 50_000 + (look % 7)),
    () => 50_000,
  )
  expect(times.map(([at]) => at)).toEqual([0, 15_000, 30_000, 45_000, 60_000])
})

test('CROWD4 few are told every two seconds at most', () => {
  const times = told(
    Array.from({ length: 9 }, (_, look) => look),
    () => 3,
  )
  expect(times.map(([at]) => at)).toEqual([0, 2250, 4500])
})
