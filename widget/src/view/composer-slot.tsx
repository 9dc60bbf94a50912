import type { RoomSummary } from '@halley/shared'
import { Lazy } from './lazy.tsx'
import type { ComposerProps } from './poster/composer.tsx'

/** Where the composer goes, at the feed's newest end; fetched only for whom it concerns: in a room where only staff post, nobody else. */
export function ComposerSlot(
  props: Omit<ComposerProps, 'room'> & { readonly room: RoomSummary | undefined },
) {
  const { room, setting } = props
  if (!room || (room.posting === 'staff' && !setting.may.includes('post'))) return null
  return <Lazy part={(poster) => poster.Composer} setting={setting} props={{ ...props, room }} />
}
