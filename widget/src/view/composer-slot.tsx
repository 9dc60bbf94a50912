import type { RoomSummary } from '@halley/shared'
import { Lazy } from './lazy.tsx'
import type { ComposerProps } from './poster/composer.tsx'

/** Whether this reader is shown anything about posting: not in a room where only staff post. */
function concerns(room: RoomSummary, may: readonly string[]): boolean {
  return may.includes('post') || room.posting !== 'staff'
}

/** Where the composer goes, at the feed's newest end; fetches it only for whom it concerns. */
export function ComposerSlot(
  props: Omit<ComposerProps, 'room'> & { readonly room: RoomSummary | undefined },
) {
  const { room, setting } = props
  if (!room || !concerns(room, setting.may)) return null
  return <Lazy part={(poster) => poster.Composer} setting={setting} props={{ ...props, room }} />
}
