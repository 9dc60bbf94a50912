import { expect, test } from 'vitest'
import { growthChart } from './growth-chart.ts'

test('BENCH9 what doubles with what it depends on lies on the dotted line, and nothing leaves its chart', () => {
  const values = [1, 2, 4]
  const lines = [
    { name: 'the same', factors: [1, 2, 4] },
    { name: 'too much', factors: [1, 1e9, 1e-9] },
  ]
  const svg = growthChart([{ title: 'things', values, lines }])
  const paths = [...svg.matchAll(/<path class="(\S+)[^"]*" d="(M[^h"]*)"\/>/g)].map(([, name, d]) => [
    name,
    d,
  ])
  const [proportion, same, wild] = paths
  expect(proportion?.[0]).toBe('same')
  expect(same?.[1]).toBe(proportion?.[1])
  const heights = [...(wild?.[1] ?? '').matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y))
  expect([heights[1], heights[2]]).toEqual([50, 200])
  expect(svg).toContain('prefers-color-scheme: dark')
})
