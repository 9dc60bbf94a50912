import { describe, expect, test } from 'vitest'
import { atEnd } from './at-end.ts'

const ended: string[] = []

describe('what is begun', () => {
  atEnd(() => ended.push('the first of the file'))
  atEnd(() => ended.push('the second of the file'))

  test('PARTS5 what a test has begun is there while it runs', () => {
    atEnd(() => ended.push('the first of the test'))
    atEnd(() => ended.push('the second of the test'))
    expect(ended).toEqual([])
  })

  test('PARTS5 what a test has begun ends with it, the last first, and what the file has begun does not', () => {
    expect(ended).toEqual(['the second of the test', 'the first of the test'])
  })
})

test('PARTS5 what was begun outside of a test ends with where it was, the last first', () => {
  expect(ended.slice(2)).toEqual(['the second of the file', 'the first of the file'])
})
