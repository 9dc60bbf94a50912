import { Component, createRef } from 'preact'
import type { Outgoing } from '../../feed/feed-view.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { Setting } from '../setting.ts'
import { tell } from './tell.ts'

function inWords({ state, code }: Outgoing, { say }: Locale): string {
  if (state === 'sending') return say('sending')
  if (state === 'held') return say('waitsForCheck')
  return (code && say(code)) || say('notSent')
}

interface OutgoingRowProps {
  readonly out: Outgoing
  readonly setting: Setting
}

/** A post of this reader's that is not in the room yet: how it stands, and what can be done about it. */
export class OutgoingRow extends Component<OutgoingRowProps> {
  box = createRef<HTMLDivElement>()

  override componentDidUpdate({ out }: OutgoingRowProps): void {
    const now = this.props.out
    if (now.state === out.state || now.state === 'sending') return
    tell(this.box.current?.getRootNode() as ShadowRoot, inWords(now, this.props.setting.locale))
  }

  override render({ out, setting: { locale, actions } }: OutgoingRowProps) {
    return (
      <div part="outgoing" data-state={out.state} ref={this.box}>
        {out.name && (
          <header>
            <b part="author" dir="auto">
              {out.name}
            </b>
          </header>
        )}
        <div part="body" dir="auto">
          {out.text}
        </div>
        <footer>
          <span part="state">{inWords(out, locale)}</span>
          {out.state === 'failed' && out.retry && (
            <button type="button" part="button" onClick={() => actions.writing.retry(out.id)}>
              {locale.say('retry')}
            </button>
          )}
          {out.state === 'failed' && (
            <button type="button" part="button" onClick={() => actions.writing.discard(out.id)}>
              {locale.say('discard')}
            </button>
          )}
        </footer>
      </div>
    )
  }
}
