import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import { toTime } from './item-row.ts'

const { sql } = await testDatabase()

test('HIST16 times travel as RFC 3339 in UTC to the millisecond, however Postgres writes them', async () => {
  const times = [
    '2026-11-21T15:04:05.000Z',
    '2026-11-21T15:04:05.100Z',
    '2026-11-21T15:04:05.120Z',
    '2026-11-21T15:04:05.007Z',
    '1969-12-31T23:59:59.999Z',
    '0999-01-01T00:00:00.000Z',
    '+010000-02-03T04:05:06.789Z',
  ]
  for (const time of times) {
    const [row] = await sql<{ written: string }[]>`
      SELECT (${time.replace(/^\+0/, '')}::timestamptz(3))::text AS written`
    expect([time, toTime(row?.written as string)]).toEqual([time, time])
  }
})
