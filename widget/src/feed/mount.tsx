import { render } from 'preact'
import type { Early, Mounted } from '../early.ts'
import type { Halley } from '../halley.ts'
import { loadLocale } from '../i18n/load-locale.ts'
import type { Locale } from '../i18n/locale.ts'
import { adoptStyles } from '../view/adopt-styles.ts'
import { ErrorBoundary } from '../view/error-boundary.tsx'
import { Frame } from '../view/frame.tsx'
import type { Setting } from '../view/setting.ts'
import { connectionTo } from './connections.ts'
import { Feed } from './feed.tsx'
import { FeedStore } from './feed-store.ts'
import type { FeedView } from './feed-view.ts'
import type { GetToken } from './identity.ts'

/** A feed's element as host pages see it, beside its attributes and events. */
interface FeedElement extends HTMLElement {
  getToken?: GetToken
  refresh?: () => Promise<void>
}

const LINK = /^#halley-([0-9a-f-]{36})$/
const linked = (): string | undefined => LINK.exec(location.hash)?.[1]

/** Where a chat has no height of its own, it gets this one: rows that grow at the end need a box that scrolls. */
const CHAT_HEIGHT = 'min(70vh,640px)'

/** Draws a room into its element. Nothing is opened before `resume`. */
export async function mount(element: FeedElement, room: string, early: Early): Promise<Mounted> {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  adoptStyles(root)
  const locale = await loadLocale(element.dataset.lang)
  const store: FeedStore = new FeedStore({
    base: early.base,
    room,
    connection: connectionTo(early.base, early.socket),
    page: early.page,
    getToken: () => element.getToken ?? getTokenOf(room),
    draw: (view) => draw(view),
    emit: (name, detail) =>
      element.dispatchEvent(
        new CustomEvent(`halley:${name}`, { detail: { room, ...detail }, bubbles: true }),
      ),
    now: () => performance.now(),
  })
  const draw = painter(element, root, locale, store)
  const followLink = () => {
    const id = linked()
    if (id) store.openAround(id)
  }
  element.refresh = () => store.refresh()
  draw(store.picture())
  return {
    resume() {
      addEventListener('hashchange', followLink)
      store.resume(linked())
    },
    pause() {
      removeEventListener('hashchange', followLink)
      store.pause()
    },
  }
}

/** Draws one `FeedView` after the other. */
function painter(element: HTMLElement, root: ShadowRoot, locale: Locale, store: FeedStore) {
  const { order: wanted, height } = element.dataset
  const order = wanted === 'newest-last' ? wanted : 'newest-first'
  let setting: Setting = { locale, actions: store, may: [] }
  const onReading = (id: string | undefined) => {
    store.reading = id
  }
  return (view: FeedView): void => {
    if (setting.may.join() !== view.may.join()) setting = { ...setting, may: view.may }
    render(
      <Frame locale={locale} order={order}>
        <ErrorBoundary locale={locale}>
          <Feed
            key={store.room}
            view={view}
            setting={setting}
            order={order}
            height={height || (order === 'newest-last' ? CHAT_HEIGHT : undefined)}
            onReading={onReading}
          />
        </ErrorBoundary>
      </Frame>,
      root,
    )
    if (view.loaded) giveBack(element)
  }
}

function getTokenOf(room: string): GetToken | undefined {
  const getToken = (window as { halley?: Halley }).halley?.getToken
  return getToken && (() => getToken(room.split('/')[0] as string))
}

/**
 * The height that was reserved goes once the feed itself reaches below the view, so that nothing anybody can see
 * moves up for it. A feed with a height of its own keeps it.
 */
function giveBack({ style, dataset, shadowRoot }: HTMLElement): void {
  if (!style.minHeight || dataset.minHeight || dataset.height) return
  const box = shadowRoot?.firstElementChild?.getBoundingClientRect()
  if (box && box.bottom >= innerHeight) style.removeProperty('min-height')
}
