import type postgres from 'postgres'

/**
 * Makes a room of posts longer, up to `count` items, by writing copies of its items past the server: for rooms whose
 * posting would take minutes. Nobody may follow the room meanwhile.
 */
export async function multiplyRoom(sql: postgres.Sql, address: string, count: number): Promise<void> {
  const [site, slug] = address.split('/') as [string, string]
  await sql.begin(async (tx) => {
    const [room] = await tx<{ id: string; rev: number }[]>`
      select rooms.id, rooms.rev::float8 as rev from rooms join sites on sites.id = rooms.site_id
      where sites.slug = ${site} and rooms.slug = ${slug} for update of rooms`
    if (!room) throw new Error(`the database has no room ${address}`)
    const { id, rev } = room
    const times = Math.ceil(count / rev) - 1
    await tx`
      insert into items (room_id, id, seq, rev, kind, state, author, poster, hash, body, text, posted_at)
      select room_id, gen_random_uuid(), seq + n * ${rev}, rev + n * ${rev}, kind, state, author, poster, hash, body,
        text, posted_at + n * interval '1 hour'
      from items, generate_series(1, ${times}) n
      where room_id = ${id} and seq + n * ${rev} <= ${count}`
    await tx`
      insert into changes (room_id, rev, item_id, type, by, at)
      select room_id, rev, id, 'posted', coalesce(poster, ''), posted_at
      from items where room_id = ${id} and rev > ${rev}`
    await tx`update rooms set rev = ${count}, item_count = ${count} where id = ${id}`
    await tx`analyze items`
  })
}
