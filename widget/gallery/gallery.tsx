import { render } from 'preact'
import { Feed } from '../src/feed/feed.tsx'
import type { FeedActions } from '../src/feed/feed-view.ts'
import { loadLocale } from '../src/i18n/load-locale.ts'
import { adoptStyles } from '../src/view/adopt-styles.ts'
import { ErrorBoundary } from '../src/view/error-boundary.tsx'
import { Frame } from '../src/view/frame.tsx'
import type { Setting } from '../src/view/setting.ts'
import { NOW, SCENES } from './scenes.ts'

const asked = new URLSearchParams(location.search)
const called: unknown[][] = []
const done = async () => {}
const note =
  (name: string) =>
  (...args: unknown[]): Promise<undefined> => {
    called.push([name, ...args])
    return done() as Promise<undefined>
  }
const names = ['remove', 'restore', 'edit', 'pin', 'unpin', 'release', 'loadMore', 'showNewest']
const more = ['hold', 'openAround', 'post', 'retry', 'discard', 'login']
const actions = {
  get writing() {
    return actions
  },
  ...Object.fromEntries([...names, ...more].map((name) => [name, note(name)])),
  source: async (id: string) =>
    document.querySelector('halley-feed')?.shadowRoot?.querySelector(`[data-id="${id}"] [part=body]`)
      ?.textContent ?? '',
} as unknown as FeedActions

async function mount(): Promise<void> {
  if (!asked.has('clock')) Date.now = () => NOW
  const view = SCENES[asked.get('scene') ?? 'talk']
  const host = document.querySelector('halley-feed')
  if (!view || !host) throw new Error('no such scene')
  const root = host.attachShadow({ mode: 'open' })
  adoptStyles(root)
  const theme = asked.get('theme')
  if (theme) host.setAttribute('data-theme', theme)
  const locale = await loadLocale(asked.get('lang') ?? undefined)
  const setting: Setting = { locale, actions, may: view.may }
  const order = asked.get('order') === 'newest-last' ? 'newest-last' : 'newest-first'
  render(
    <Frame locale={locale} order={order}>
      <ErrorBoundary locale={locale}>
        <Feed
          view={asked.has('named') ? { ...view, guest: false } : view}
          setting={setting}
          order={order}
          height={asked.get('height') ?? undefined}
          onReading={() => {}}
        />
      </ErrorBoundary>
    </Frame>,
    root,
  )
}

Object.assign(window, { called })
void mount()
