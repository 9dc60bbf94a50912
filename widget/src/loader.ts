import type { Early, Mounted } from './early.ts'
import type { Halley } from './halley.ts'
;(() => {
  interface Place {
    room: string
    load?: (() => void) | undefined
    made?: Mounted
  }
  const script = document.currentScript as HTMLScriptElement | null
  const home = new URL('.', script ? script.src : location.href).href
  const pages: Record<string, Early['page']> = {}
  const sockets: Record<string, WebSocket | undefined> = {}
  const places = new WeakMap<Element, Place>()
  const page = window as unknown as { halley?: Halley }
  page.halley ||= {}

  /** The stream and the first page are asked for before any code of the feed is there. */
  const begin = (base: string, room: string, count: boolean): Early => {
    const address = `${base}v1/rooms/${room}/items?limit=50`
    if (!count)
      pages[address] ||= fetch(address)
        .then((answer) => (answer.ok ? answer.json() : undefined))
        .catch(() => undefined)
    if (!(base in sockets)) {
      sockets[base] = undefined
      try {
        sockets[base] = new WebSocket(`${base.replace('http', 'ws')}v1/socket`, 'halley.v1')
      } catch {}
    }
    return { base, page: pages[address], socket: sockets[base] }
  }

  const near =
    window.IntersectionObserver &&
    new IntersectionObserver(
      (entries) => {
        for (const entry of entries) if (entry.isIntersecting) places.get(entry.target)?.load?.()
      },
      { rootMargin: '100%' },
    )

  const reserve = ({ style, dataset }: HTMLElement) => {
    const { height, order, minHeight } = dataset
    style.setProperty('display', 'block', 'important')
    style.setProperty(
      'min-height',
      minHeight || height || (order === 'newest-last' ? 'min(70vh,640px)' : '100vh'),
      'important',
    )
  }

  const open = (element: HTMLElement, count: boolean) => {
    const room = element.getAttribute('room') || element.dataset.room || ''
    let place = places.get(element)
    if (place?.room !== room) {
      close(element)
      places.delete(element)
      if (!room) return
      if (!count) reserve(element)
      const early = begin(element.dataset.host ? new URL('.', element.dataset.host).href : home, room, count)
      const here: Place = {
        room,
        load() {
          here.load = undefined
          near?.unobserve(element)
          const feed: Promise<typeof import('./main.ts')> = import(/* @vite-ignore */ `${home}FEED_FILE`)
          feed
            .then(async (parts) => {
              here.made = await parts[count ? 'count' : 'mount'](element, room, early)
              if (element.isConnected && places.get(element) === here) here.made.resume()
            })
            .catch((error) => console.warn('halley:', error))
        },
      }
      places.set(element, here)
      place = here
    }
    if (place.made) place.made.resume()
    else if (near) near.observe(element)
    else place.load?.()
  }
  const close = (element: HTMLElement) => {
    near?.unobserve(element)
    places.get(element)?.made?.pause()
  }

  for (const name of ['feed', 'count'])
    customElements.get(`halley-${name}`) ||
      customElements.define(
        `halley-${name}`,
        class extends HTMLElement {
          static observedAttributes = ['room', 'data-room']
          connectedCallback() {
            open(this, name === 'count')
          }
          disconnectedCallback() {
            close(this)
          }
          attributeChangedCallback() {
            if (this.isConnected) this.connectedCallback()
          }
        },
      )

  if (script?.dataset.room) {
    const element = document.createElement('halley-feed')
    Object.assign(element.dataset, script.dataset)
    element.dataset.host = home
    script.after(element)
  }
})()
