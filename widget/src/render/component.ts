import type { Child, Props, VNode } from './vnode.ts'

/** What has been drawn: text, an element, or a component, and what lies inside it. */
export interface Drawn {
  vnode?: VNode
  readonly owner?: Drawn
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
  /** Set by the first drawing. */
  redraw?: () => void

  constructor(props: Props) {
    this.props = props
  }

  /** States that change in one moment are drawn together. */
  setState(change: Record<string, unknown>): void {
    if (!this.next) queueMicrotask(() => this.next && this.redraw?.())
    this.next = { ...(this.next ?? this.state), ...change }
  }

  render(_props: Props, _state: object): Child {
    return undefined
  }

  shouldComponentUpdate?(props: Props, state: object): boolean
  componentDidMount?(): void
  componentDidUpdate?(props: Props): void
  componentWillUnmount?(): void
  componentDidCatch?(error: unknown): void
}
