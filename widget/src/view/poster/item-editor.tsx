import { Component, createRef } from 'preact'
import { attempt } from './attempt.ts'
import type { ControlsProps } from './controls.tsx'

/** Edits an item where it stands. Escape leaves it as it was; Ctrl or Cmd + Enter saves. */
export class ItemEditor extends Component<ControlsProps, { busy: boolean }> {
  area = createRef<HTMLTextAreaElement>()
  source = ''
  /** What was read, and is meant. */
  rev = this.props.item.rev
  /** Until what is to be edited is there. */
  override state = { busy: true }

  override async componentDidMount(): Promise<void> {
    const area = this.area.current as HTMLTextAreaElement
    const { item, setting } = this.props
    area.focus()
    const failed = await attempt(area, setting, async () => {
      this.source = await setting.actions.writing.source(item.id)
      area.value = this.source
    })
    if (failed) this.leave()
    else this.setState({ busy: false })
  }

  leave = (): void => {
    this.area.current?.closest('article')?.focus()
    this.props.turn('reading')
  }

  save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const area = this.area.current
    const { item, setting } = this.props
    if (!area?.value.trim() || this.state.busy) return
    this.setState({ busy: true })
    const edit = (text: string, rev?: number) => () => setting.actions.writing.edit(item.id, text, rev)
    const failed = await attempt(area, setting, edit(area.value, this.rev), edit(this.source))
    // Whoever has been told of another change, and saves again, means it.
    if (failed === 'changed') this.rev = this.props.item.rev
    if (failed) this.setState({ busy: false })
    else this.leave()
  }

  onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    // Escape and Enter are the input method's then.
    if (event.isComposing) return
    if (event.key === 'Escape') this.leave()
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.save(event)
  }

  override render({ setting: { locale } }: ControlsProps) {
    return (
      <form part="editor" onSubmit={this.save} onKeyDown={this.onKeyDown}>
        <textarea
          ref={this.area}
          part="field"
          dir="auto"
          rows={4}
          aria-label={locale.say('edit')}
          readOnly={this.state.busy}
        />
        <footer>
          <button type="button" part="button" onClick={this.leave}>
            {locale.say('cancel')}
          </button>
          <button type="submit" part="button primary" disabled={this.state.busy}>
            {locale.say('save')}
          </button>
        </footer>
      </form>
    )
  }
}
