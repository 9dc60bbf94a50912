import type { LiveItem } from '@halley/shared'
import { bodyView } from '@halley/shared/body-view'
import { Component } from 'preact'
import type { Row } from '../feed/feed-view.ts'
import { differs } from './differs.ts'
import { Lazy } from './lazy.tsx'
import { linkTo } from './link-to.ts'
import type { ControlsProps } from './poster/controls.tsx'
import type { Setting } from './setting.ts'
import { Time } from './time.tsx'

interface ItemRowProps {
  readonly item: Row
  readonly setting: Setting
  /** Posted by this browser. */
  readonly own: boolean
  /** The item that a link asked for. */
  readonly target: boolean
}

export type RowMode = 'reading' | 'menu' | 'editing'

/** What may be said of an item beside its time. */
const MARKS = ['edited', 'pinned', 'held'] as const

/** Of the feed pattern: articles take the focus, and how many there are is not known. */
const ARTICLE = { tabIndex: 0, 'aria-setsize': -1 } as const

/** One item of a feed: an `article` that can be focused. Drawn again only when the item, the setting or its own mode changed. */
export class ItemRow extends Component<ItemRowProps, { mode: RowMode }> {
  override state: { mode: RowMode } = { mode: 'reading' }

  override shouldComponentUpdate(next: ItemRowProps, state: object): boolean {
    return state !== this.state || differs<object>(next, this.props)
  }

  turn = (mode: RowMode): void => this.setState({ mode })

  head(item: LiveItem) {
    const { locale } = this.props.setting
    const { mode } = this.state
    const marks = MARKS.filter((mark) => item[mark === 'edited' ? 'editedAt' : mark])
    return (
      <header>
        <b part="author" id={`a${item.id}`} dir="auto">
          {item.author.name}
        </b>
        {item.author.role && <span part="role">{locale.say(item.author.role)}</span>}
        <a part="time" href={linkTo(item.id)}>
          <Time at={item.postedAt} locale={locale} />
        </a>
        {marks.map((mark) => (
          <span key={mark} part={`mark ${mark}`}>
            {locale.say(mark)}
          </span>
        ))}
        <button
          type="button"
          part="more"
          aria-haspopup="menu"
          aria-expanded={mode === 'menu'}
          aria-label={locale.say('more')}
          onClick={() => this.turn(mode === 'menu' ? 'reading' : 'menu')}
        />
      </header>
    )
  }

  override render({ item, setting, own, target }: ItemRowProps) {
    const { mode } = this.state
    if ('removed' in item) {
      return (
        <article part="item" {...ARTICLE} data-id={item.id} data-removed>
          <div part="body">{setting.locale.say('removed')}</div>
        </article>
      )
    }
    const controls: ControlsProps = { item, setting, own, mode, turn: this.turn }
    return (
      <article
        part={item.highlight ? 'item highlight' : 'item'}
        {...ARTICLE}
        aria-labelledby={`a${item.id}`}
        aria-describedby={`b${item.id}`}
        data-id={item.id}
        data-target={target || undefined}
        data-removed={!!item.removedAt || undefined}
      >
        {this.head(item)}
        <div part="body" id={`b${item.id}`} hidden={mode === 'editing'}>
          {bodyView(item.body)}
        </div>
        {(mode !== 'reading' || item.removedAt) && (
          <Lazy part={(poster) => poster.Controls} setting={setting} props={controls} />
        )}
      </article>
    )
  }
}
