import { AUTHOR_NAME_CHARACTERS, type RoomSummary } from '@halley/shared'
import { Component, createRef } from 'preact'
import type { Setting } from '../setting.ts'
import { rememberedName, rememberName } from './guest-name.ts'

/** From how many characters before the limit their number is shown. */
const NEAR = 100

const MAC = /Mac/.test(navigator.platform)

interface PostFormProps {
  readonly room: RoomSummary
  readonly setting: Setting
  readonly guest: boolean
  /** Nothing may be posted just now: what was typed waits. */
  readonly hidden: boolean
}

interface PostFormState {
  readonly text: string
  readonly name: string
}

/** The form that posts. What was typed leaves it only once the outbox has it. */
export class PostForm extends Component<PostFormProps, PostFormState> {
  override state: PostFormState = { text: '', name: this.props.guest ? rememberedName() : '' }
  area = createRef<HTMLTextAreaElement>()

  left(): number {
    return this.props.room.textLimit - [...this.state.text].length
  }

  ready(): boolean {
    const { text, name } = this.state
    return text.trim() !== '' && this.left() >= 0 && (!this.props.guest || name.trim() !== '')
  }

  /** What is left to write near the limit; else the keys that post, for those who have them. */
  hint(left: number): string | false {
    const { say } = this.props.setting.locale
    if (left <= NEAR) return say(left < 0 ? 'over' : 'left', Math.abs(left))
    const keys = say('postKeys')
    return matchMedia('(hover: hover)').matches && (MAC ? keys.replace(/Ctrl|Strg/, '⌘') : keys)
  }

  send = (event: Event): void => {
    event.preventDefault()
    if (!this.ready()) return
    const { text, name } = this.state
    if (this.props.guest) rememberName(name.trim())
    this.props.setting.actions.writing.post(text, name.trim())
    this.setState({ text: '' })
    this.area.current?.focus()
  }

  onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) this.send(event)
  }

  override render({ setting: { locale }, guest, hidden }: PostFormProps, { text, name }: PostFormState) {
    const left = this.left()
    return (
      <form part="form" hidden={hidden} onSubmit={this.send} onKeyDown={this.onKeyDown}>
        {guest && (
          <input
            part="field name"
            dir={name ? 'auto' : undefined}
            autoComplete="nickname"
            maxLength={AUTHOR_NAME_CHARACTERS}
            placeholder={locale.say('name')}
            aria-label={locale.say('name')}
            value={name}
            onInput={(event) => this.setState({ name: event.currentTarget.value })}
          />
        )}
        <textarea
          ref={this.area}
          part="field text"
          dir={text ? 'auto' : undefined}
          rows={2}
          placeholder={locale.say('message')}
          aria-label={locale.say('message')}
          value={text}
          onInput={(event) => this.setState({ text: event.currentTarget.value })}
        />
        <footer>
          <span part="hint" data-over={left < 0 || undefined}>
            {this.hint(left)}
          </span>
          <button type="submit" part="button primary" disabled={!this.ready()}>
            {locale.say('post')}
          </button>
        </footer>
      </form>
    )
  }
}
