import type { Database } from '../../server/src/db/database.ts'

/** Puts a table of so many hash partitions by room in the place of the empty table of items. */
export async function partitionItems({ sql }: Database, partitions: number): Promise<void> {
  const [view] = await sql<{ makes: string }[]>`SELECT pg_get_viewdef('item_records'::regclass) AS makes`
  const indexes = await sql<{ makes: string }[]>`
    SELECT indexdef AS makes FROM pg_indexes WHERE tablename = 'items' AND indexname <> 'items_room_id_id_pk'`
  await sql`CREATE TABLE parted (LIKE items INCLUDING DEFAULTS) PARTITION BY HASH (room_id)`
  for (let n = 0; n < partitions; n += 1)
    await sql.unsafe(
      `CREATE TABLE items_${n} PARTITION OF parted FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${n})`,
    )
  await sql`DROP VIEW item_records`
  await sql`DROP TABLE items`
  await sql`ALTER TABLE parted RENAME TO items`
  await sql`ALTER TABLE items ADD CONSTRAINT items_room_id_id_pk PRIMARY KEY (room_id, id)`
  for (const { makes } of indexes) await sql.unsafe(makes)
  await sql.unsafe(`CREATE VIEW item_records AS ${view?.makes}`)
}
