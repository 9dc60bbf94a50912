import type { RoomSummary } from '@halley/shared'
import type { Outgoing } from '../../feed/feed-view.ts'
import type { Setting } from '../setting.ts'
import { attachStyles } from './attach-styles.ts'
import { OutgoingRow } from './outgoing-row.tsx'
import { PostForm } from './post-form.tsx'

export interface ComposerProps {
  readonly room: RoomSummary
  readonly outbox: readonly Outgoing[]
  readonly setting: Setting
  /** Nobody signed this reader in: a name is asked for. */
  readonly guest: boolean
}

/** Where posting happens: the form, or why there is none, and what is on its way. */
export function Composer({ room, outbox, setting, guest }: ComposerProps) {
  const { locale, actions, may } = setting
  const mayPost = may.includes('post')
  const isOpen = room.state === 'open'
  return (
    <div part="composer" ref={attachStyles}>
      <PostForm room={room} setting={setting} guest={guest} hidden={!mayPost} />
      {!mayPost && (!isOpen || guest) && (
        <p part="notice">
          {locale.say(isOpen ? 'signInFirst' : 'room-closed')}
          {isOpen && (
            <button type="button" part="button primary" onClick={() => actions.login()}>
              {locale.say('signIn')}
            </button>
          )}
        </p>
      )}
      {outbox.map((out) => (
        <OutgoingRow key={out.id} out={out} setting={setting} />
      ))}
    </div>
  )
}
