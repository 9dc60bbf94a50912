/** Who reads what, where; the same in every process of the load. */
export interface FloodPlan {
  /** Nodes, such as `http://127.0.0.1:8080`; readers and posts take them in turns. */
  readonly urls: readonly string[]
  /** Addresses, `site/room`. */
  readonly rooms: readonly string[]
  /** Connections over all, each of which follows so many of the rooms, at most as many as there are. */
  readonly readers: number
  readonly roomsEach: number
}

/** The rooms that a reader follows, as places in the list. */
export function roomsOf({ rooms, roomsEach }: FloodPlan, reader: number): number[] {
  const each = Math.min(roomsEach, rooms.length)
  return Array.from({ length: each }, (_, n) => (reader * each + n) % rooms.length)
}

/** How many of the readers [from, to) follow each of the rooms. */
export function audiences(plan: FloodPlan, from: number, to: number): number[] {
  const counts = plan.rooms.map(() => 0)
  for (let reader = from; reader < to; reader++)
    for (const room of roomsOf(plan, reader)) counts[room] = (counts[room] as number) + 1
  return counts
}

/** Microseconds on a clock that all processes of a machine share. */
export const microseconds = (): number => Number(process.hrtime.bigint() / 1000n)
