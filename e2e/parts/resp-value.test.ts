import { expect, test } from 'vitest'
import { endOfRespValue, isMessage } from './resp-value.ts'

const VALUES = [
  '+OK\r\n',
  ':12\r\n',
  '$5\r\nhe\r\no\r\n',
  '$-1\r\n',
  '*0\r\n',
  '*-1\r\n',
  '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\n\r\n\r\n',
  '>3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$2\r\n{}\r\n',
  '%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n',
]

test('PARTS4 values of Redis are told apart wherever the stream is cut', () => {
  const whole = Buffer.from(VALUES.join(''))
  const ends: number[] = []
  for (let at = 0; at < whole.length; at = ends.at(-1) as number) {
    const end = endOfRespValue(whole, at) as number
    for (let cut = at; cut < end; cut += 1) expect(endOfRespValue(whole.subarray(0, cut), at)).toBe(undefined)
    ends.push(end)
  }
  expect(ends.map((end, n) => whole.toString('latin1', ends[n - 1] ?? 0, end))).toEqual(VALUES)
  expect(VALUES.filter((value) => isMessage(Buffer.from(value)))).toEqual([VALUES[6], VALUES[7]])
})
