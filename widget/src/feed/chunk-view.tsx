import { Component, createRef } from 'preact'
import { differs } from '../view/differs.ts'
import { ItemRow } from '../view/item-row.tsx'
import type { Setting } from '../view/setting.ts'
import type { Row } from './feed-view.ts'

interface ChunkViewProps {
  readonly rows: readonly Row[]
  /** Arriving rows still come in here. */
  readonly open: boolean
  readonly reversed: boolean
  readonly setting: Setting
  readonly own: ReadonlySet<string>
  readonly target: string | undefined
}

/** Not while rows are moving: that would count as a layout shift. */
const CLOSE_MS = 500

/** About fifty rows that are drawn again only together with one of them, and not painted while they are out of view. */
export class ChunkView extends Component<ChunkViewProps> {
  box = createRef<HTMLElement>()

  override shouldComponentUpdate(next: ChunkViewProps): boolean {
    return differs<object>(next, this.props)
  }

  override componentDidMount(): void {
    setTimeout(this.close, CLOSE_MS)
  }

  override componentDidUpdate(): void {
    this.componentDidMount()
  }

  /** The size is measured first, so that the place of nothing changes when the browser leaves the painting out. */
  close = (): void => {
    const box = this.box.current
    if (this.props.open || !box || box.style.contentVisibility) return
    box.style.containIntrinsicSize = `auto ${box.getBoundingClientRect().height}px`
    box.style.contentVisibility = 'auto'
  }

  override render({ rows, reversed, setting, own, target }: ChunkViewProps) {
    const views = rows.map((row) => (
      <ItemRow key={row.id} item={row} setting={setting} own={own.has(row.id)} target={row.id === target} />
    ))
    return (
      <section ref={this.box} data-chunk>
        {reversed ? views.reverse() : views}
      </section>
    )
  }
}
