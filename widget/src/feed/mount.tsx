import { render } from 'preact'
import type { Early, Mounted } from '../early.ts'
import type { Halley } from '../halley.ts'
import { loadLocale } from '../i18n/load-locale.ts'
import { adoptStyles } from '../view/adopt-styles.ts'
import { ErrorBoundary } from '../view/error-boundary.tsx'
import { Frame } from '../view/frame.tsx'
import type { Setting } from '../view/setting.ts'
import { connectionTo } from './connections.ts'
import { Feed } from './feed.tsx'
import { FeedStore, feedActions } from './feed-store.ts'
import type { FeedView } from './feed-view.ts'
import type { GetToken } from './session.ts'

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
  const { lang, theme, order: wanted, height } = element.dataset
  const order = wanted === 'newest-last' ? wanted : 'newest-first'
  const locale = await loadLocale(lang)
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  adoptStyles(root)
  const emit = (name: string, detail: unknown) =>
    element.dispatchEvent(new CustomEvent(`halley:${name}`, { detail, bubbles: true }))
  let setting: Setting | undefined
  const draw = (view: FeedView) => {
    if (setting?.may.join() !== view.may.join()) setting = { locale, actions, may: view.may }
    render(
      <ErrorBoundary locale={locale}>
        <Frame locale={locale} theme={theme === 'light' || theme === 'dark' ? theme : 'auto'} order={order}>
          <Feed
            view={view}
            setting={setting as Setting}
            order={order}
            height={height || (order === 'newest-last' ? CHAT_HEIGHT : undefined)}
            onReading={(id) => {
              store.reading = id
            }}
          />
        </Frame>
      </ErrorBoundary>,
      root,
    )
    if (view.loaded) giveBack(element)
  }
  const store = new FeedStore({
    base: early.base,
    room,
    connection: connectionTo(early.base, early.socket),
    page: early.page,
    getToken: () => element.getToken ?? getTokenOf(room),
    draw,
    onItem: (item) => emit('item', { room, item }),
    onStatus: (status) => emit('status', { room, ...status }),
    onLogin: () => emit('login', { room }),
    now: () => performance.now(),
  })
  const actions = feedActions(store)
  const followLink = () => {
    const id = linked()
    if (id) store.openAround(id)
  }
  element.refresh = () => store.refresh()
  draw(store.view())
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
  if (box && box.bottom >= window.innerHeight) style.removeProperty('min-height')
}
