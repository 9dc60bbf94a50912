import type { Edge } from '../feed/feed-view.ts'
import { Note } from './note.tsx'
import type { Setting } from './setting.ts'

interface EdgeMarkerProps {
  readonly edge: Edge
  readonly side: 'older' | 'newer'
  readonly setting: Setting
}

/** What stands at an end of the loaded items: more on its way, a failure with a way on, or the room's beginning. */
export function EdgeMarker({ edge, side, setting: { locale, actions } }: EdgeMarkerProps) {
  const older = side === 'older'
  if (edge === 'end') return older && <Note part="edge" text={locale.say('beginning')} />
  const failed = edge === 'failed'
  return (
    <Note
      part="edge"
      text={locale.say(failed ? 'edgeFailed' : 'loading')}
      label={failed && locale.say('retry')}
      act={() => actions.loadMore(side)}
    />
  )
}
