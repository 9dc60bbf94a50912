import type { Database } from '../db/database.ts'

/**
 * Takes the turn at a job of which there is one in all of a deployment, if `everyMs` have passed since the last turn
 * was taken, by the database's clock.
 */
export async function takeTurn({ sql }: Database, job: string, everyMs: number): Promise<boolean> {
  const taken = await sql`
    INSERT INTO meta (key, value) VALUES (${`job:${job}`}, to_jsonb(now()))
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
    WHERE (meta.value #>> '{}')::timestamptz <= now() - ${everyMs} * interval '1 ms'
    RETURNING key`
  return taken.length > 0
}

/** Gives a turn that came to nothing to whoever asks after `afterMs`. */
export async function giveTurnBack(
  { sql }: Database,
  job: string,
  everyMs: number,
  afterMs: number,
): Promise<void> {
  await sql`
    UPDATE meta SET value = to_jsonb(now() + ${Math.min(afterMs, everyMs) - everyMs} * interval '1 ms')
    WHERE key = ${`job:${job}`}`
}
