import type { Ability, RoomSummary } from '@halley/shared'

/** A guest may post before there is a token: it is made with the first post. */
export function abilitiesIn(
  room: RoomSummary | undefined,
  may: readonly Ability[],
  signedIn: boolean,
): readonly Ability[] {
  const guest = !signedIn && room?.posting === 'guests' && room.state === 'open'
  return guest && !may.includes('post') ? [...may, 'post'] : may
}
