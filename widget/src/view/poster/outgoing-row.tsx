import type { Outgoing } from '../../feed/feed-view.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { Setting } from '../setting.ts'

function inWords({ state, code }: Outgoing, { say }: Locale): string {
  if (state === 'sending') return say('sending')
  if (state === 'held') return say('waitsForCheck')
  return (code && say(code)) || say('notSent')
}

/** A post of this reader's that is not in the room yet: how it stands, and what can be done about it. */
export function OutgoingRow({ out, setting: { locale, actions } }: { out: Outgoing; setting: Setting }) {
  return (
    <div part="outgoing" data-state={out.state}>
      {out.name && (
        <b part="author" dir="auto">
          {out.name}
        </b>
      )}
      <div part="body" dir="auto">
        {out.text}
      </div>
      <footer>
        <span role="status">{inWords(out, locale)}</span>
        {out.state === 'failed' && (
          <>
            {out.retry && (
              <button type="button" part="button" onClick={() => actions.retry(out.id)}>
                {locale.say('retry')}
              </button>
            )}
            <button type="button" part="button" onClick={() => actions.discard(out.id)}>
              {locale.say('discard')}
            </button>
          </>
        )}
      </footer>
    </div>
  )
}
