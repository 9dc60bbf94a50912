import type { LiveItem } from '@halley/shared'
import { Component, createRef } from 'preact'
import type { RowMode } from '../item-row.tsx'
import type { Setting } from '../setting.ts'
import { attachStyles } from './attach-styles.ts'
import { attempt } from './attempt.ts'
import type { ItemEditor } from './item-editor.tsx'
import { ItemMenu } from './item-menu.tsx'
import { RestoreLine } from './restore-line.tsx'

export interface ControlsProps {
  readonly item: LiveItem
  readonly setting: Setting
  readonly own: boolean
  readonly mode: RowMode
  readonly turn: (mode: RowMode) => void
}

/** Fetched when somebody first edits: it carries what turns a body back into its source. */
let Editor: typeof ItemEditor | undefined

/** What can be done at an item: fetched when somebody first asks for it. */
export class Controls extends Component<ControlsProps> {
  box = createRef<HTMLDivElement>()

  override componentDidMount(): void {
    attachStyles(this.box.current)
    void this.fetchEditor()
  }

  override componentDidUpdate(): void {
    void this.fetchEditor()
  }

  async fetchEditor(): Promise<void> {
    const { mode, setting, turn } = this.props
    if (mode !== 'editing' || Editor || !this.box.current) return
    const got = await attempt(this.box.current, setting, async () => {
      Editor ??= (await import('./item-editor.tsx')).ItemEditor
    })
    if (got) this.setState({})
    else turn('reading')
  }

  override render() {
    const { mode, item } = this.props
    return (
      <div ref={this.box}>
        {mode === 'editing' && Editor && <Editor {...this.props} />}
        {item.removedAt && <RestoreLine {...this.props} />}
        {mode === 'menu' && <ItemMenu {...this.props} />}
      </div>
    )
  }
}
