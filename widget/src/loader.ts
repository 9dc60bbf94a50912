import type { Early, Mounted } from './early.ts'
import type { Halley } from './halley.ts'

// The build wraps this file in a function: it is a classic script, and leaves nothing but `halley` behind.

/** What is known of an element: its room, and how to fetch the feed's code or what that has made. */
interface Place {
  room: string
  load?: (() => void) | undefined
  /** Opened for it and others. */
  socket: WebSocket | undefined
  made?: Mounted
}

// Not `document.currentScript`: an `<img name=currentScript>` in a reader's comment would stand in for the tag.
const script = Reflect.get(Document.prototype, 'currentScript', document) as HTMLScriptElement | null
const home = new URL('.', script ? script.src : location.href).href
/** For so long a page that was asked for early is good. */
const PAGE_MS = 9000
const pages: Record<string, Early['page']> = {}
const sockets: Record<string, WebSocket | undefined> = {}
const places = new WeakMap<Element, Place>()
const page = window as { halley?: Halley }
const file = `${home}FEED_FILE`
let code: Promise<unknown> | undefined
page.halley ||= {}

/** The stream and the first page are asked for before any code of the feed is there. */
function begin(base: string, room: string, count: boolean): Early {
  const address = `${base}v1/rooms/${room}/items?limit=50`
  if (!count) {
    pages[address] ||= fetch(address)
      // Nothing, not even unknown: the site has gone.
      .then((answer) => (answer.ok ? answer.json() : answer.status === 410 ? null : undefined))
      .catch(() => undefined)
    // Whoever comes later reads it anew.
    setTimeout(() => delete pages[address], PAGE_MS)
  }
  if (!(base in sockets)) {
    sockets[base] = undefined
    try {
      sockets[base] = new WebSocket(`${base.replace('http', 'ws')}v1/socket`, 'halley.v1')
    } catch {}
  }
  return { base, page: pages[address], socket: sockets[base] }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) places.get(entry.target)?.load?.()
  },
  { rootMargin: '100%' },
)

/** Keeps the room that the feed will need, so that nothing on the page moves when it comes. */
function reserve({ style, dataset }: HTMLElement): void {
  const { height, order, minHeight } = dataset
  // Not `block`: the margins of what comes would move the element itself.
  style.setProperty('display', 'flow-root', 'important')
  style.setProperty(
    'min-height',
    minHeight || height || (order === 'newest-last' ? 'min(70vh,640px)' : '100vh'),
    'important',
  )
}

async function load(
  element: HTMLElement,
  place: Place,
  early: () => Early,
  aside: boolean,
  retryMs = 2000,
): Promise<void> {
  near.unobserve(element)
  try {
    // Fetched before it is imported: what could not be imported once never can be, as long as the page is open.
    code ||= fetch(file).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    await code
    const feed: typeof import('./main.ts') = await import(/* @vite-ignore */ file)
    place.made = await feed[aside ? 'aside' : 'mount'](element, place.room, early())
    place.made[element.isConnected && places.get(element) === place ? 'resume' : 'pause']()
  } catch (error) {
    code = undefined
    console.warn('halley:', error)
    if (places.get(element) === place)
      setTimeout(load, retryMs, element, place, early, aside, Math.min(retryMs * 2, 60_000))
  }
}

function open(element: HTMLElement, count: boolean): void {
  const room = element.getAttribute('room') || element.dataset.room || ''
  let place = places.get(element)
  if (place?.room !== room) {
    close(element)
    places.delete(element)
    const { host, dark } = element.dataset
    // A rehearsal shows nothing, and but for its share of the views does nothing.
    if (!room || Math.random() >= ((dark || 1) as number)) return
    const aside = count || !!dark
    if (!aside) reserve(element)
    const early = () => begin(host ? new URL('.', host).href : home, room, count)
    const { page, socket } = early()
    const here: Place = {
      room,
      socket,
      load() {
        here.load = undefined
        load(element, here, early, aside)
      },
    }
    places.set(element, here)
    page?.then((got) => {
      if (got === null && places.get(element) === here) retire(element)
    })
    element.addEventListener('halley:status', onStatus)
    place = here
  }
  if (place.made) place.made.resume()
  else near.observe(element)
}

function close(element: HTMLElement): void {
  near.unobserve(element)
  const place = places.get(element)
  if (place?.made) place.made.pause()
  else {
    // Put back it begins anew.
    places.delete(element)
    // Whatever a feed listens to is that feed's to close.
    if (!place?.socket?.onmessage) place?.socket?.close()
  }
}

/** The site has gone and the tag was left in the page: it takes no room, and asks for nothing. */
function retire(element: HTMLElement): void {
  element.style.setProperty('display', 'none', 'important')
  close(element)
  places.delete(element)
}

function onStatus({ currentTarget, detail }: Event & { detail?: { code?: string } }): void {
  if (detail?.code === 'site-gone') retire(currentTarget as HTMLElement)
}

function define(name: string, count: boolean): void {
  if (customElements.get(name)) return
  customElements.define(
    name,
    class extends HTMLElement {
      static observedAttributes = ['room', 'data-room']
      connectedCallback() {
        open(this, count)
      }
      disconnectedCallback() {
        close(this)
      }
      attributeChangedCallback() {
        if (this.isConnected) open(this, count)
      }
    },
  )
}

define('halley-feed', false)
define('halley-count', true)

if (script?.dataset.room) {
  const element = document.createElement('halley-feed')
  Object.assign(element.dataset, script.dataset)
  element.dataset.host = home
  script.after(element)
}
