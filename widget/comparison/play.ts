import * as preact from 'preact'
import * as own from '../src/render/preact.ts'
import { type Audience, componentsOf, type Living, type Renderer } from './components.ts'
import type { Branch, Outcome, Step, Tree, Value } from './script.ts'

const RENDERERS = { preact, own: own as unknown as Renderer }

/** Plays a script in this page with one of the renderers. */
async function play(which: keyof typeof RENDERERS, steps: readonly Step[]): Promise<Outcome> {
  const stage = new Stage(RENDERERS[which])
  for (const step of steps) await stage.play(step)
  return stage.end()
}

Object.assign(window, { play })
// Links lead nowhere.
addEventListener('click', (event) => event.preventDefault(), true)

const isBranch = (tree: Tree): tree is Branch => typeof tree === 'object' && tree !== null && 'kind' in tree

class Stage {
  readonly #renderer: Renderer
  readonly #host = document.createElement('main')
  readonly #pages: string[] = []
  readonly #calls: string[] = []
  readonly #living = new Set<Living>()
  readonly #audience: Audience
  #calm = true
  readonly #kinds = new Map<string, unknown>()
  readonly #refs = new Map<string, unknown>()
  /** Who is who: an element that is made anew is another one. */
  readonly #numbers = new Map<Element, number>()

  constructor(renderer: Renderer) {
    this.#renderer = renderer
    this.#audience = {
      note: this.#note,
      living: this.#living,
      takeTurn: () => this.#takeTurn(),
      failing: false,
    }
    document.body.replaceChildren(this.#host)
  }

  async play({ tree, changed, typed }: Step): Promise<void> {
    this.#draw(tree)
    await this.#rest()
    this.#look()
    const living = [...this.#living]
    for (const at of changed) {
      const component = living[at % living.length]
      component?.setState({ n: component.state.n + 1 })
      // What changes in one moment is drawn together.
      if (at % 2) component?.setState({ other: at })
      await this.#rest()
    }
    this.#look()
    for (const element of this.#host.querySelectorAll<HTMLInputElement>('*')) {
      element.dispatchEvent(new MouseEvent('click', { cancelable: true }))
      if (typed && 'value' in element) element.value = 'typed'
    }
  }

  async end(): Promise<Outcome> {
    this.#draw(null)
    await this.#rest()
    this.#look()
    return { pages: this.#pages, calls: this.#calls }
  }

  /** Time for what is done "at once, but not now". */
  async #rest(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    this.#calm = true
    this.#audience.failing = false
  }

  readonly #note = (call: string): void => {
    this.#calls.push(call)
  }

  #takeTurn(): boolean {
    const calm = this.#calm
    this.#calm = false
    return calm
  }

  #draw(tree: Tree): void {
    this.#note('')
    try {
      this.#renderer.render(this.#vnode(tree) as never, this.#host)
    } catch (error) {
      this.#note(`thrown ${error}`)
    }
  }

  #look(): void {
    const elements = [...this.#host.querySelectorAll<HTMLInputElement>('*')]
    for (const each of elements) if (!this.#numbers.has(each)) this.#numbers.set(each, this.#numbers.size)
    const who = elements.map((each) => `${each.localName}${this.#numbers.get(each)}`)
    const values = elements.flatMap(({ value }) => value ?? [])
    this.#pages.push([this.#host.innerHTML, who.join(' '), values.join(' ')].join('\n'))
    for (const [name, ref] of this.#refs) this.#note(`ref ${name} ${describe(ref)}`)
  }

  #vnode(tree: Tree): unknown {
    if (Array.isArray(tree)) return tree.map((each) => this.#vnode(each))
    if (!isBranch(tree)) return tree
    const { h } = this.#renderer
    const { kind, key, ref, props } = tree
    const children = tree.children.map((each) => this.#vnode(each)) as never[]
    if (/^[A-Z]/.test(kind)) return h(this.#component(kind), { key, branch: tree }, ...children)
    const { onClick, ...rest } = props
    const given = { key, ref: this.#ref(tree, ref), ...rest, ...this.#listener(tree.name, onClick) }
    return h(kind as 'div', given as never, ...children)
  }

  /** `Whole` and whatever digits follow: a type of its own for each place. */
  #component(kind: string): 'div' {
    const found = this.#kinds.get(kind) as 'div' | undefined
    if (found) return found
    const all = componentsOf(this.#renderer, this.#audience)
    const made = all[kind.replace(/\d+$/, '') as keyof typeof all]
    this.#kinds.set(kind, made)
    return made as never
  }

  #ref({ name }: Branch, ref: Branch['ref']): unknown {
    if (ref === 'none') return undefined
    const made = (): unknown =>
      ref === 'object'
        ? this.#renderer.createRef()
        : (element: Element | null) =>
            this.#note(`ref ${name} is ${element && describe({ current: element })}`)
    if (ref === 'fresh') return made()
    const found = this.#refs.get(name) ?? made()
    this.#refs.set(name, found)
    return found
  }

  #listener(name: string, onClick: Value): object {
    if (!onClick) return {}
    return { onClick: (event: Event) => this.#note(`${event.type} ${name} ${onClick}`) }
  }
}

function describe(ref: unknown): string {
  const element = (ref as { current?: Element | null }).current
  return element ? `${element.localName} ${element.isConnected}` : 'nothing'
}
