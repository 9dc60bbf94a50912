import type { Component } from 'preact'
import { listen } from '../connection/listen.ts'
import { type Anchor, drift, findAnchor, rowOf } from './anchor.ts'
import type { FeedProps } from './feed.tsx'
import type { FeedView } from './feed-view.ts'
import { Scroller } from './scroller.ts'
import { settle, slide } from './slide.ts'

/** The elements that a viewport works on; they stay as long as the feed does. */
export interface Elements {
  readonly box: HTMLElement
  readonly head: HTMLElement
  readonly clip: HTMLElement
  readonly list: HTMLElement
  readonly before: HTMLElement
  readonly after: HTMLElement
}

/** Within so many pixels of the newest edge the reader counts as being there. */
const NEAR = 24
/** Where the browser itself makes up for what grows above the view; Safari does not. */
const ANCHORS = CSS.supports('overflow-anchor', 'auto')
/** More is asked for so long before the end comes into view. */
const AHEAD = '1000px'

/**
 * Where the reader is in a feed, and how they stay there: rows that come in above are made up for by scrolling, rows
 * that arrive at the newest edge slide in, and the ends ask for more when they come near.
 */
export class Viewport {
  readonly #stage: Pick<Component<FeedProps>, 'props'>
  readonly #elements: Elements
  #scroller!: Scroller
  #anchor: Anchor = []
  /** The feed has not been scrolled past: what a reader sees is some of it, or comes before it. */
  #within = true
  #atNewest = true
  #shown: string | undefined
  #frame = 0
  #ends!: IntersectionObserver
  #sizes!: ResizeObserver
  #headHeight!: number
  #closed!: AbortController

  constructor(stage: Pick<Component<FeedProps>, 'props'>, elements: Elements) {
    this.#stage = stage
    this.#elements = elements
    this.#open()
  }

  /** The feed is in the page, or in it again. */
  #open(): void {
    const { box, clip, list, head } = this.#elements
    const own = this.#stage.props.height ? box : null
    this.#closed = new AbortController()
    this.#scroller = new Scroller(box, own)
    this.#headHeight = head.offsetHeight
    const { signal } = this.#closed
    listen(this.#scroller.target, 'scroll', this.#onScroll, signal)
    listen(list, 'transitionend', () => settle(list), signal)
    listen(list, 'focusin', this.#onFocus, signal)
    listen(clip, 'pointerenter pointerleave', this.#onHover, signal)
    this.#ends = new IntersectionObserver(this.#onEnd, { root: own, rootMargin: AHEAD })
    this.#watchEnds()
    this.#sizes = new ResizeObserver(this.#onSize)
    for (const sized of [clip, head, box]) this.#sizes.observe(sized)
  }

  close(): void {
    this.#closed.abort()
    this.#ends.disconnect()
    this.#sizes.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  /** Before the rows change. */
  remember(): void {
    const { list, clip } = this.#elements
    this.#anchor = findAnchor(list, this.#scroller)
    this.#within = clip.getBoundingClientRect().bottom > this.#scroller.top
  }

  /** After they have changed: the reader's place stays, whatever came or went around it. */
  keep(was: FeedView): void {
    const { list } = this.#elements
    const { view, order } = this.#stage.props
    if (this.#closed.signal.aborted) this.#open()
    const jumped = view.jumps !== was.jumps
    const row = view.target && (view.target !== this.#shown || jumped) ? rowOf(list, view.target) : null
    // Where newer items are yet to be read, what comes in there is no arrival.
    this.#atNewest &&= view.newer === 'end'
    if (row) this.#showTarget(row, view.target)
    else if (jumped || (view.loaded && !was.loaded)) this.toNewest()
    else {
      const moved = drift(list, this.#anchor)
      // In a chat the others do not move: the newest comes into view below them.
      if (this.#atNewest && order === 'newest-last') this.toNewest()
      else if (this.#atNewest && was.loaded) slide(list, view.arrived.size && moved)
      else if (moved) this.#scroller.by(moved)
      else if (moved === undefined && this.#within && was.chunks !== view.chunks && was.loaded)
        this.toNewest()
    }
    if (was.older === view.older && was.newer === view.newer && was.chunks === view.chunks) return
    this.#watchEnds()
    this.#look()
  }

  toNewest(): void {
    const box = this.#elements.clip.getBoundingClientRect()
    const { top, bottom } = this.#scroller
    if (this.#stage.props.order === 'newest-last') this.#scroller.by(box.bottom - bottom + NEAR)
    else if (this.#within && box.top < top) this.#scroller.by(box.top - top - NEAR)
    this.#look()
  }

  #showTarget(row: HTMLElement, id: string | undefined): void {
    this.#shown = id
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
    const { props } = this.#stage
    const { clip, list } = this.#elements
    // Nothing of a feed that was taken out of the page stays with the page.
    if (!list.isConnected) {
      this.close()
      return
    }
    const box = clip.getBoundingClientRect()
    const { top, bottom } = this.#scroller
    this.#atNewest =
      props.view.newer === 'end' &&
      (props.order === 'newest-last' ? box.bottom <= bottom + 2 * NEAR : box.top >= top - NEAR)
    props.setting.actions.hold('scroll', !this.#atNewest)
    this.#anchor = findAnchor(list, this.#scroller)
    props.onReading(this.#atNewest ? undefined : this.#anchor[0]?.id)
  }

  readonly #onHover = ({ type, pointerType }: PointerEvent): void => {
    if (pointerType === 'mouse') this.#stage.props.setting.actions.hold('hover', type === 'pointerenter')
  }

  /** Numbers are told where somebody is: renumbering every row with each arrival would cost more than it says. */
  readonly #onFocus = (event: Event): void => {
    const article = (event.target as Element).closest('article')
    const rows = [...this.#elements.list.querySelectorAll('article')]
    if (article) article.setAttribute('aria-posinset', `${rows.indexOf(article) + 1}`)
  }

  readonly #onEnd = (entries: readonly IntersectionObserverEntry[]): void => {
    const { view, setting, order } = this.#stage.props
    for (const { isIntersecting, target } of entries) {
      const side = (target === this.#elements.before) === (order === 'newest-last') ? 'older' : 'newer'
      if (!isIntersecting || view[side] !== 'more') continue
      setting.actions.loadMore(side)
    }
  }

  /** An end that is still near says so again. */
  #watchEnds(): void {
    this.#ends.disconnect()
    for (const end of [this.#elements.before, this.#elements.after]) this.#ends.observe(end)
  }

  /** What stands above the rows grew, or a chat's rows did: runs before the frame is painted. */
  readonly #onSize = (): void => {
    const { head, list } = this.#elements
    const { view, order, height } = this.#stage.props
    const grown = head.offsetHeight - this.#headHeight
    this.#headHeight += grown
    if (!view.loaded) return
    if (order === 'newest-last') {
      if (this.#atNewest) this.toNewest()
    } else if (this.#atNewest) slide(list, grown)
    else if (!height && !ANCHORS) this.#scroller.by(drift(list, this.#anchor) ?? 0)
  }
}
