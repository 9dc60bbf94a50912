import type { Child, Props } from './vnode.ts'

/** What has been drawn: text, an element, or a component, and what lies inside it. */
export interface Drawn {
  vnode: unknown
  readonly owner: Drawn | undefined
  inside: Drawn[]
  dom?: Node
  component?: Component
  gone?: boolean
}

/** A part of the page with a state of its own. As Preact's, without what no part of the feed uses. */
export class Component {
  props: Props
  state: Record<string, unknown> = {}
  /** What the state will be with the next drawing. */
  next: Record<string, unknown> | undefined
  drawn: Drawn | undefined

  constructor(props: Props) {
    this.props = props
  }

  setState(change: Record<string, unknown>): void {
    this.next = { ...(this.next ?? this.state), ...change }
    if (this.drawn) drawSoon(this.drawn)
  }

  render(_props: Props, _state: object): Child {
    return undefined
  }

  shouldComponentUpdate?(props: Props, state: object): boolean
  getSnapshotBeforeUpdate?(props: Props, state: object): unknown
  componentDidMount?(): void
  componentDidUpdate?(props: Props, state: object, snapshot: unknown): void
  componentWillUnmount?(): void
  componentDidCatch?(error: unknown): void
}

const waiting = new Set<Drawn>()
let redraw: (drawn: Drawn) => void

/** Who draws anew; told once, because components and drawing need each other. */
export function redrawBy(draw: (drawn: Drawn) => void): void {
  redraw = draw
}

/** States that change in one moment are drawn together. */
function drawSoon(drawn: Drawn): void {
  if (!waiting.size) {
    queueMicrotask(() => {
      const all = [...waiting]
      waiting.clear()
      for (const each of all) if (!each.gone && each.component?.next) redraw(each)
    })
  }
  waiting.add(drawn)
}
