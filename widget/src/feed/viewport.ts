import type { RefObject } from 'preact'
import type { Setting } from '../view/setting.ts'
import { type Anchor, drift, findAnchor, rowOf } from './anchor.ts'
import type { FeedProps } from './feed.tsx'
import type { FeedView } from './feed-view.ts'
import { onFeedKey } from './keyboard.ts'
import { Scroller } from './scroller.ts'
import { settle, slide } from './slide.ts'

/** The elements that a viewport works on. */
export interface Stage {
  readonly props: FeedProps
  readonly box: RefObject<HTMLDivElement | null>
  readonly head: RefObject<HTMLDivElement | null>
  readonly clip: RefObject<HTMLDivElement | null>
  readonly list: RefObject<HTMLDivElement | null>
  readonly before: RefObject<HTMLDivElement | null>
  readonly after: RefObject<HTMLDivElement | null>
}

/** Within so many pixels of the newest edge the reader counts as being there. */
const NEAR = 24
/** Where the browser itself makes up for what grows above the view; Safari does not. */
const ANCHORS = CSS.supports('overflow-anchor', 'auto')
/** More is asked for so long before the end comes into view. */
const AHEAD = '1000px 0px'

/**
 * Where the reader is in a feed, and how they stay there: rows that come in above are made up for by scrolling, rows
 * that arrive at the newest edge slide in, and the ends ask for more when they come near.
 */
export class Viewport {
  readonly #stage: Stage
  #scroller: Scroller | undefined
  #anchor: Anchor = []
  #atNewest = true
  /** To the newest edge with the next drawing, wherever the reader was. */
  #jump = false
  #shown: string | undefined
  #frame = 0
  #ends: IntersectionObserver | undefined
  #sizes: ResizeObserver | undefined
  #headHeight = 0
  #setting: { from: Setting; own: Setting } | undefined
  readonly #opened = new AbortController()

  constructor(stage: Stage) {
    this.#stage = stage
  }

  open(): void {
    const { box, clip, list, head, before, after, props } = this.#stage
    if (!box.current || !clip.current || !list.current || !head.current) return
    const own = props.height ? box.current : null
    const scroller = new Scroller(box.current, own)
    this.#scroller = scroller
    const on = (target: EventTarget, name: string, then: (event: Event) => void) =>
      target.addEventListener(name, then, { passive: true, signal: this.#opened.signal })
    on(scroller.target, 'scroll', this.#onScroll)
    on(list.current, 'transitionend', () => settle(list.current as HTMLElement))
    on(list.current, 'focusin', this.#onFocus)
    on(clip.current, 'pointerenter', (event) => this.#hover(event as PointerEvent, true))
    on(clip.current, 'pointerleave', (event) => this.#hover(event as PointerEvent, false))
    this.#ends = new IntersectionObserver(this.#onEnd, { root: own, rootMargin: AHEAD })
    for (const end of [before, after]) if (end.current) this.#ends.observe(end.current)
    this.#sizes = new ResizeObserver(this.#onSize)
    for (const sized of [clip, head, box]) if (sized.current) this.#sizes.observe(sized.current)
    this.#headHeight = head.current.offsetHeight
  }

  close(): void {
    this.#opened.abort()
    this.#ends?.disconnect()
    this.#sizes?.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  /** Before the rows change. */
  remember(): void {
    const list = this.#stage.list.current
    this.#anchor = list && this.#scroller ? findAnchor(list, this.#scroller) : []
  }

  /** After they have changed: the reader's place stays, whatever came or went around it. */
  keep(was: FeedView): void {
    const { list, props } = this.#stage
    const { view } = props
    if (!list.current || !this.#scroller) return
    const row = view.target && view.target !== this.#shown ? rowOf(list.current, view.target) : null
    if (row) this.#showTarget(row, view.target)
    else if (this.#jump || (view.loaded && !was.loaded)) this.toNewest()
    else {
      const moved = drift(list.current, this.#anchor)
      // In a chat the others do not move: the newest comes into view below them.
      if (this.#atNewest && props.order === 'newest-last') this.toNewest()
      else if (this.#atNewest && was.loaded) slide(list.current, view.arrived.size ? (moved ?? 0) : 0)
      else if (moved) this.#scroller.by(moved)
      else if (moved === undefined && was.chunks !== view.chunks && was.loaded) this.toNewest()
    }
    if (was.older !== view.older || was.newer !== view.newer || was.chunks !== view.chunks) this.#watchEnds()
  }

  toNewest(): void {
    this.#jump = false
    const { clip, props } = this.#stage
    if (!clip.current || !this.#scroller) return
    const box = clip.current.getBoundingClientRect()
    if (props.order === 'newest-last') this.#scroller.by(box.bottom - this.#scroller.bottom + NEAR)
    else if (box.top < this.#scroller.top) this.#scroller.by(box.top - this.#scroller.top - NEAR)
    this.#look()
  }

  /** The pill leads to the newest edge as well as showing what waits there. */
  settingOf(setting: Setting): Setting {
    if (this.#setting?.from !== setting) {
      const showNewest = () => {
        this.#jump = true
        setting.actions.showNewest()
      }
      this.#setting = { from: setting, own: { ...setting, actions: { ...setting.actions, showNewest } } }
    }
    return this.#setting.own
  }

  readonly onKey = (event: KeyboardEvent): void => {
    const { list, before, after } = this.#stage
    if (list.current && before.current && after.current) {
      onFeedKey(event, list.current, before.current, after.current)
    }
  }

  #showTarget(row: HTMLElement, id: string | undefined): void {
    this.#shown = id
    this.#jump = false
    row.scrollIntoView({ block: 'center', behavior: 'instant' })
    row.focus({ preventScroll: true })
    this.#look()
  }

  readonly #onScroll = (): void => {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#look())
  }

  /** Where is the reader? */
  #look(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const { clip, list, props } = this.#stage
    if (!clip.current || !list.current || !this.#scroller) return
    const box = clip.current.getBoundingClientRect()
    const { top, bottom } = this.#scroller
    this.#atNewest = props.order === 'newest-last' ? box.bottom <= bottom + 2 * NEAR : box.top >= top - NEAR
    props.setting.actions.hold('scroll', !this.#atNewest)
    this.#anchor = findAnchor(list.current, this.#scroller)
    props.onReading(this.#atNewest ? undefined : this.#anchor[0]?.id)
  }

  #hover({ pointerType }: PointerEvent, on: boolean): void {
    if (pointerType === 'mouse') this.#stage.props.setting.actions.hold('hover', on)
  }

  /** Numbers are told where somebody is: renumbering every row with each arrival would cost more than it says. */
  readonly #onFocus = (event: Event): void => {
    const article = (event.target as Element).closest('article')
    const rows = [...(this.#stage.list.current?.querySelectorAll('article') ?? [])]
    if (article) article.setAttribute('aria-posinset', `${rows.indexOf(article) + 1}`)
  }

  readonly #onEnd = (entries: readonly IntersectionObserverEntry[]): void => {
    const { props, before } = this.#stage
    const { view, setting, order } = props
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      const side = (target === before.current) === (order === 'newest-last') ? 'older' : 'newer'
      if (view[side] !== 'more') continue
      if (side === 'older') setting.actions.loadOlder()
      else setting.actions.loadNewer()
    }
  }

  /** An end that is still near says so again. */
  #watchEnds(): void {
    for (const { current } of [this.#stage.before, this.#stage.after]) {
      if (!current) continue
      this.#ends?.unobserve(current)
      this.#ends?.observe(current)
    }
  }

  /** What stands above the rows grew, or a chat's rows did: runs before the frame is painted. */
  readonly #onSize = (): void => {
    const { head, list, props } = this.#stage
    if (!head.current || !list.current) return
    const grown = head.current.offsetHeight - this.#headHeight
    this.#headHeight = head.current.offsetHeight
    if (!props.view.loaded) return
    if (props.order === 'newest-last') {
      if (this.#atNewest) this.toNewest()
    } else if (this.#atNewest) slide(list.current, grown)
    else if (!props.height && !ANCHORS) this.#scroller?.by(drift(list.current, this.#anchor) ?? 0)
  }
}
