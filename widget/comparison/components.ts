import type * as Preact from 'preact'
import type { Branch } from './script.ts'

/** What the feed's components take of Preact. */
export type Renderer = Pick<typeof Preact, 'h' | 'render' | 'Component' | 'createRef' | 'Fragment'>

/** Where components tell what is called. */
export interface Audience {
  note(call: string): void
  readonly living: Set<Living>
  /** True once in each moment: who takes it may change its state or fail. */
  takeTurn(): boolean
  /** Something has failed in this moment: where its neighbours stand is settled once its guard has drawn again. */
  failing: boolean
}

/** What each component of the comparison is given. */
export interface Given {
  readonly branch: Branch
  readonly children?: Preact.ComponentChildren
}

interface State {
  readonly n: number
  readonly other?: number
  readonly broken?: boolean
}

export type Living = Preact.Component<Given, State>

/** Has every method that the feed's components have. */
function wholeOf({ h, Component, createRef }: Renderer, audience: Audience) {
  const { note, living } = audience
  return class Whole extends Component<Given, State> {
    override state: State = { n: 0 }
    box = createRef<HTMLElement>()

    get called(): string {
      return this.props.branch.name
    }

    override componentDidMount(): void {
      living.add(this)
      note(`mounted ${this.called} ${this.box.current?.isConnected}`)
      this.fail('mounting')
      if (this.props.branch.props.again && audience.takeTurn()) this.setState({ n: 100 })
    }

    override componentDidUpdate({ branch }: Given): void {
      const stands = audience.failing ? '' : this.box.current?.outerHTML
      note(`updated ${this.called} ${branch.props.stamp} ${this.state.n} ${stands}`)
      this.fail('updating')
    }

    override componentWillUnmount(): void {
      living.delete(this)
      note(`unmounts ${this.called} ${this.box.current?.isConnected}`)
    }

    fail(when: string): void {
      if (this.props.branch.props.fails !== when || !audience.takeTurn()) return
      audience.failing = true
      throw new Error(`${this.called} fails in ${when}`)
    }

    override render({ branch, children }: Given, { n, other }: State): Preact.ComponentChildren {
      note(`draws ${branch.name} ${branch.props.stamp} ${n} ${other}`)
      this.fail('drawing')
      return h('section', { ref: this.box, 'data-n': n }, children)
    }
  }
}

/** Components of every kind that the feed has. All note what is called; those that are there are `living`. */
export function componentsOf(renderer: Renderer, audience: Audience) {
  const { note } = audience
  const { h, Fragment } = renderer
  const Whole = wholeOf(renderer, audience)

  /** Draws no element of its own, and another number of nodes each time that its state changes. */
  class Bare extends Whole {
    override render({ branch, children }: Given, { n }: State): Preact.ComponentChildren {
      note(`draws ${branch.name} ${branch.props.stamp} ${n}`)
      return h(Fragment, null, n % 2 ? h('hr', null) : null, children, n % 3 ? `${n}` : false)
    }
  }

  /** Draws only what it has to. */
  class Memo extends Whole {
    override shouldComponentUpdate({ branch }: Given, state: State): boolean {
      note(`asked ${branch.name} ${branch.props.stamp} ${state.n}`)
      return state !== this.state || branch.props.stamp !== this.props.branch.props.stamp
    }
  }

  /** Keeps the failures of what is inside. */
  class Guard extends Whole {
    override componentDidCatch(error: unknown): void {
      note(`caught ${this.called} ${error}`)
      this.setState({ broken: true })
    }

    override render(props: Given, state: State): Preact.ComponentChildren {
      return state.broken ? h('em', null, 'broken') : super.render(props, state)
    }
  }

  const Plain = ({ branch, children }: Given) => {
    note(`draws ${branch.name}`)
    return h('i', { title: branch.name }, children, ' ')
  }
  return { Whole, Bare, Memo, Guard, Plain }
}
