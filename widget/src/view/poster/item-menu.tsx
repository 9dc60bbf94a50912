import { Component, createRef } from 'preact'
import type { WordKey } from '../../i18n/words.ts'
import { linkTo } from '../link-to.ts'
import { attempt } from './attempt.ts'
import type { ControlsProps } from './controls.tsx'
import { placeMenu } from './place-menu.ts'

/** What can be done with an item, as a menu: arrow keys move, Escape, scrolling and a press elsewhere close it. */
export class ItemMenu extends Component<ControlsProps, { asking?: boolean }> {
  menu = createRef<HTMLDivElement>()
  /** Taking a focused element away is told as losing the focus, which then means nothing any more. */
  gone = false
  /** Where the button was when the menu was placed at it. */
  top = 0

  override componentDidMount(): void {
    const menu = this.menu.current as HTMLElement
    // What is sliding in has arrived: the button stays where the menu is placed.
    menu.closest('[role=feed]')?.removeAttribute('style')
    placeMenu(menu, this.button)
    this.top = this.button.getBoundingClientRect().top
    this.buttons()[0]?.focus({ preventScroll: true })
    menu.addEventListener('focusout', this.onFocusOut)
    addEventListener('scroll', this.onScroll, true)
  }

  override componentWillUnmount(): void {
    this.gone = true
    removeEventListener('scroll', this.onScroll, true)
  }

  /** Only while the menu is there. */
  get button(): HTMLElement {
    return this.menu.current?.closest('article')?.querySelector('[part=more]') as HTMLElement
  }

  /** Scrolling is told a frame late, also to a menu that was opened since: what counts is that the button moved. */
  onScroll = (): void => {
    if (Math.abs(this.button.getBoundingClientRect().top - this.top) > 8) this.dismiss()
  }

  buttons(): HTMLElement[] {
    return [...(this.menu.current?.querySelectorAll('button') ?? [])]
  }

  dismiss = (): void => {
    if (!this.gone) this.props.turn('reading')
  }

  close = (): void => {
    this.button.focus({ preventScroll: true })
    this.dismiss()
  }

  act(act: () => Promise<void>, after?: string | (() => Promise<void>)): void {
    const { setting } = this.props
    const menu = this.menu.current as Element
    this.close()
    void attempt(menu, setting, act, after)
  }

  copy = (): void => {
    const { item, setting } = this.props
    const link = linkTo(item.id)
    this.act(() => navigator.clipboard.writeText(link), setting.locale.say('copied'))
  }

  choices(): [WordKey, () => void][] {
    const { item, setting, own, turn } = this.props
    const { actions, may } = setting
    const { writing } = actions
    const moderate = may.includes('moderate')
    const change = moderate || (own && may.includes('edit-own'))
    const choices: [WordKey, () => void][] = [['copyLink', this.copy]]
    if (item.removedAt) return choices
    if (change) choices.push(['edit', () => turn('editing')])
    const pin = () => writing.pin(item.id)
    const unpin = () => writing.unpin(item.id)
    if (moderate && item.held) choices.push(['release', () => this.act(() => writing.release(item.id))])
    if (moderate && item.pinned) choices.push(['unpin', () => this.act(unpin, pin)])
    else if (moderate) choices.push(['pin', () => this.act(pin, unpin)])
    const restore = moderate ? () => writing.restore(item.id) : undefined
    const remove = () => this.act(() => writing.remove(item.id), restore)
    // Only moderators can bring it back; others are asked first.
    if (change && (moderate || this.state.asking))
      choices.push([moderate ? 'remove' : 'removeForGood', remove])
    else if (change) choices.push(['remove', () => this.setState({ asking: true })])
    return choices
  }

  onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === 'Tab') this.close()
    const entries = this.buttons()
    const at = entries.indexOf(event.target as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    entries.at(to % entries.length)?.focus()
  }

  onFocusOut = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null
    if (!to || !(this.menu.current?.contains(to) || this.button?.contains(to))) this.dismiss()
  }

  override render({ setting: { locale } }: ControlsProps) {
    return (
      <div role="menu" part="menu" popover="manual" tabIndex={-1} ref={this.menu} onKeyDown={this.onKeyDown}>
        {this.choices().map(([word, choose], at) => (
          <button type="button" role="menuitem" key={at} onClick={choose} data-word={word}>
            {locale.say(word)}
          </button>
        ))}
      </div>
    )
  }
}
