import type { Outgoing } from '../../feed/feed-view.ts'
import type { WordKey } from '../../i18n/words.ts'
import type { Setting } from '../setting.ts'

const WORDS: { readonly [code: string]: WordKey } = {
  network: 'noNetwork',
  'author-required': 'nameNeeded',
  'name-reserved': 'nameReserved',
  'too-many-requests': 'tooOften',
  rejected: 'rejected',
  'room-closed': 'closed',
  'sign-in-required': 'signInFirst',
}

function stateWord(out: Outgoing): WordKey {
  if (out.state === 'sending') return 'sending'
  if (out.state === 'held') return 'waitsForCheck'
  return WORDS[out.code ?? ''] ?? 'notSent'
}

/** A post of this reader's that is not in the room yet: how it stands, and what can be done about it. */
export function OutgoingRow({ out, setting: { locale, actions } }: { out: Outgoing; setting: Setting }) {
  return (
    <div part="outgoing" data-state={out.state}>
      <header>
        {out.name && (
          <b part="author" dir="auto">
            {out.name}
          </b>
        )}
        <span role="status">{locale.say(stateWord(out))}</span>
        {out.state === 'failed' && (
          <span part="actions">
            {out.retry && (
              <button type="button" part="button" onClick={() => actions.retry(out.id)}>
                {locale.say('retry')}
              </button>
            )}
            <button type="button" part="button" onClick={() => actions.discard(out.id)}>
              {locale.say('discard')}
            </button>
          </span>
        )}
      </header>
      <div part="body" dir="auto">
        {out.text}
      </div>
    </div>
  )
}
