import type { Edge } from '../feed/feed-view.ts'
import type { Setting } from './setting.ts'

interface EdgeMarkerProps {
  readonly edge: Edge
  readonly side: 'older' | 'newer'
  readonly setting: Setting
}

/** What stands at an end of the loaded items: more on its way, a failure with a way on, or the room's beginning. */
export function EdgeMarker({ edge, side, setting: { locale, actions } }: EdgeMarkerProps) {
  if (side === 'newer' && edge === 'end') return null
  return (
    <div part="edge" data-edge={edge}>
      {edge === 'end' && locale.say('beginning')}
      {edge === 'loading' && locale.say('loading')}
      {edge === 'failed' && (
        <>
          {locale.say('edgeFailed')}{' '}
          <button
            type="button"
            part="button"
            onClick={() => (side === 'older' ? actions.loadOlder() : actions.loadNewer())}
          >
            {locale.say('retry')}
          </button>
        </>
      )}
    </div>
  )
}
