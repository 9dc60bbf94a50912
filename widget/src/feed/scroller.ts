/** What scrolls the feed: a box of its own, or whatever the host page scrolls it in. Sizes in CSS pixels of the viewport. */
export class Scroller {
  readonly element: Element
  readonly #isPage: boolean
  /** Parts of a pixel that the browser could not scroll, kept so that they do not add up. */
  #rest = 0

  constructor(inside: Element, own: Element | null) {
    const page = document.scrollingElement ?? document.documentElement
    this.element = own ?? scrollingAncestor(inside) ?? page
    this.#isPage = this.element === page
  }

  /** What has to be listened to. */
  get target(): EventTarget {
    return this.#isPage ? window : this.element
  }

  get top(): number {
    return this.#isPage ? 0 : this.element.getBoundingClientRect().top
  }

  get bottom(): number {
    return this.#isPage ? innerHeight : this.element.getBoundingClientRect().bottom
  }

  /** At once, also on pages that scroll smoothly. */
  by(pixels: number): void {
    const wanted = pixels + this.#rest
    const before = this.element.scrollTop
    this.element.scrollBy({ top: wanted, behavior: 'instant' })
    const rest = wanted - (this.element.scrollTop - before)
    this.#rest = Math.abs(rest) < 1 ? rest : 0
  }
}

function scrollingAncestor(inside: Element): Element | undefined {
  for (let node: Node | null = inside; node; node = node.parentNode ?? (node as ShadowRoot).host ?? null) {
    if (!(node instanceof Element) || node === document.body || node === document.documentElement) continue
    if (/auto|scroll|overlay/.test(getComputedStyle(node).overflowY) && node !== inside) return node
  }
  return undefined
}
