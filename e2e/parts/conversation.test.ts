import { expect, test } from 'vitest'
import { conversation } from './conversation.ts'

test('PARTS2 the made-up conversation is the same for the same seed, in time’s order and of many lengths', () => {
  const lines = [...conversation(2000, 7)]
  expect(lines).toEqual([...conversation(2000, 7)])
  expect(lines).not.toEqual([...conversation(2000, 8)])
  expect(lines.every(({ t }, index) => index === 0 || t >= (lines[index - 1]?.t ?? 0))).toBe(true)
  const lengths = lines.map(({ text }) => [...text].length)
  expect(Math.min(...lengths)).toBeLessThan(60)
  expect(Math.max(...lengths)).toBeGreaterThan(1200)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(1500)
})
