import type postgres from 'postgres'

/** An item that stands, as the database has it. */
export interface StoredItem {
  readonly id: string
  readonly seq: number
  readonly rev: number
  readonly text: string
}

export interface StoredRoom {
  readonly rev: number
  /** In the room's order. */
  readonly items: readonly StoredItem[]
}

/** The truth, read past the server. `address` is `site/room`. */
export async function storedRoom(sql: postgres.Sql, address: string): Promise<StoredRoom> {
  const [site, slug] = address.split('/') as [string, string]
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const [room] = await tx<{ id: number; rev: number }[]>`
      select rooms.id, rooms.rev::float8 as rev
      from rooms join sites on sites.id = rooms.site_id
      where sites.slug = ${site} and rooms.slug = ${slug}`
    if (!room) throw new Error(`the database has no room ${address}`)
    const items = await tx<StoredItem[]>`
      select id::text, seq::float8 as seq, rev::float8 as rev, text
      from items where room_id = ${room.id} and state = 'live' order by seq`
    return { rev: room.rev, items: [...items] }
  })
}
