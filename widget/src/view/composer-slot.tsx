import type { RoomSummary } from '@halley/shared'
import type { ComposerProps } from './composer/composer.tsx'
import { Lazy } from './lazy.tsx'

const loadComposer = () => import('./composer/composer.tsx')

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
  return <Lazy load={loadComposer} setting={setting} props={{ ...props, room }} />
}
