import type { Ability, RoomSummary } from '@halley/shared'

/** A guest may post before there is a token: it is made with the first post. */
export function abilitiesIn(room: RoomSummary | undefined, signedIn: boolean): readonly Ability[] {
  const may = room?.may ?? []
  const guest = !signedIn && room?.posting === 'guests' && room.state === 'open'
  return guest && !may.includes('post') ? [...may, 'post'] : may
}
