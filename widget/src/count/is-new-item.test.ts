import type { Change } from '@halley/shared'
import { expect, test } from 'vitest'
import { isNewItem } from './is-new-item.ts'

const change = (type: string, seq: number | null = 9): Change =>
  ({ rev: 9, type, item: { id: 'a', seq, rev: 9 } }) as unknown as Change

test('COUNT1 counts at once what was posted, and by itself nothing else that becomes of an item', () => {
  expect(isNewItem(change('posted'))).toBe(true)
  expect(isNewItem(change('posted', 5))).toBe(false)
  expect(isNewItem(change('posted', null))).toBe(false)
  const others = ['removed', 'held', 'restored', 'released', 'edited', 'pinned', 'new-type']
  expect(others.filter((type) => isNewItem(change(type)))).toEqual([])
  expect(isNewItem({ rev: 3, type: 'posted' })).toBe(false)
})
