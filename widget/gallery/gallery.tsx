import { render } from 'preact'
import type { FeedActions, FeedView } from '../src/feed/feed-view.ts'
import { loadLocale } from '../src/i18n/load-locale.ts'
import { adoptStyles } from '../src/view/adopt-styles.ts'
import { Bar } from '../src/view/bar.tsx'
import { ComposerSlot } from '../src/view/composer-slot.tsx'
import { EdgeMarker } from '../src/view/edge-marker.tsx'
import { EmptyRoom } from '../src/view/empty-room.tsx'
import { ErrorBoundary } from '../src/view/error-boundary.tsx'
import { Frame } from '../src/view/frame.tsx'
import { ItemRow } from '../src/view/item-row.tsx'
import { PinnedStrip } from '../src/view/pinned-strip.tsx'
import type { Setting } from '../src/view/setting.ts'
import { Skeleton } from '../src/view/skeleton.tsx'
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
const names = ['remove', 'restore', 'edit', 'pin', 'unpin', 'read', 'loadOlder', 'loadNewer', 'showNewest']
const more = ['hold', 'openAround', 'post', 'retry', 'discard', 'login']
const actions = {
  ...Object.fromEntries([...names, ...more].map((name) => [name, note(name)])),
  linkTo: (id: string) => `${location.origin}${location.pathname}#halley-${id}`,
} as unknown as FeedActions

function Feed({ view, setting }: { view: FeedView; setting: Setting }) {
  const order = asked.get('order') === 'newest-last' ? 'newest-last' : 'newest-first'
  const newestFirst = view.chunks.flatMap(({ rows }) => rows)
  const rows = order === 'newest-last' ? newestFirst.reverse() : newestFirst
  const composer = (
    <ComposerSlot
      room={view.room}
      outbox={view.outbox}
      setting={setting}
      guest={view.guest && !asked.has('named')}
    />
  )
  const older = view.room && rows.length > 0 && (
    <EdgeMarker edge={view.older} side="older" setting={setting} />
  )
  return (
    <>
      <PinnedStrip pinned={view.pinned} setting={setting} />
      {order === 'newest-first' && composer}
      {order === 'newest-first' && <Bar view={view} setting={setting} />}
      {order === 'newest-last' && older}
      {!view.loaded && view.status.state !== 'failed' && <Skeleton />}
      {view.loaded && rows.length === 0 && <EmptyRoom locale={setting.locale} />}
      <div role="feed" aria-label={view.room?.title} aria-busy={!view.loaded}>
        {rows.map((item) => (
          <ItemRow
            key={item.id}
            item={item}
            setting={setting}
            own={view.own.has(item.id)}
            target={view.target === item.id}
          />
        ))}
      </div>
      {order === 'newest-first' && older}
      {order === 'newest-last' && <Bar view={view} setting={setting} />}
      {order === 'newest-last' && composer}
    </>
  )
}

async function mount(): Promise<void> {
  Date.now = () => NOW
  const view = SCENES[asked.get('scene') ?? 'talk']
  const host = document.querySelector('halley-feed')
  if (!view || !host) throw new Error('no such scene')
  const root = host.attachShadow({ mode: 'open' })
  adoptStyles(root)
  const locale = await loadLocale(asked.get('lang') ?? undefined)
  const setting: Setting = { locale, actions, may: view.may }
  const theme = (asked.get('theme') ?? 'auto') as 'auto'
  const order = asked.get('order') === 'newest-last' ? 'newest-last' : 'newest-first'
  render(
    <ErrorBoundary locale={locale}>
      <Frame locale={locale} theme={theme} order={order}>
        <Feed view={view} setting={setting} />
      </Frame>
    </ErrorBoundary>,
    root,
  )
}

Object.assign(window, { called })
void mount()
