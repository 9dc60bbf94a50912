import { Component, createRef } from 'preact'
import type { WordKey } from '../../i18n/words.ts'
import { attempt } from './attempt.ts'
import type { ControlsProps } from './controls.tsx'

/** What can be done with an item, as a menu: arrow keys move, Escape and a press elsewhere close it. */
export class ItemMenu extends Component<ControlsProps> {
  menu = createRef<HTMLDivElement>()

  override componentDidMount(): void {
    this.entries()[0]?.focus()
  }

  entries(): HTMLElement[] {
    return [...(this.menu.current?.querySelectorAll('button') ?? [])]
  }

  close = (): void => {
    this.menu.current?.closest('article')?.querySelector<HTMLElement>('[part=more]')?.focus()
    this.props.turn('reading')
  }

  copy = (): void => {
    const { item, setting } = this.props
    const link = setting.actions.linkTo(item.id)
    this.act(() => navigator.clipboard.writeText(link), setting.locale.say('copied'))
  }

  act(act: () => Promise<void>, after?: string): void {
    const { setting } = this.props
    const menu = this.menu.current as Element
    this.close()
    void attempt(menu, setting, act, after)
  }

  choices(): [WordKey, () => void][] {
    const { item, setting, own, turn } = this.props
    const { actions, may } = setting
    const moderate = may.includes('moderate')
    const choices: [WordKey, () => void][] = [['copyLink', this.copy]]
    if (moderate || own) choices.push(['edit', () => turn('editing')])
    if (moderate) {
      choices.push(
        item.pinned
          ? ['unpin', () => this.act(() => actions.unpin(item.id))]
          : ['pin', () => this.act(() => actions.pin(item.id))],
      )
    }
    if ((moderate || own) && !item.removedAt)
      choices.push(['remove', () => this.act(() => actions.remove(item.id))])
    return choices
  }

  onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') this.close()
    if (!step) return
    event.preventDefault()
    const entries = this.entries()
    const at = entries.indexOf(event.target as HTMLElement)
    entries.at((at + step) % entries.length)?.focus()
  }

  override render({ setting: { locale } }: ControlsProps) {
    return (
      <div role="menu" part="menu" ref={this.menu} onKeyDown={this.onKeyDown}>
        {this.choices().map(([word, choose]) => (
          <button type="button" role="menuitem" key={word} onClick={choose} data-word={word}>
            {locale.say(word)}
          </button>
        ))}
      </div>
    )
  }
}
