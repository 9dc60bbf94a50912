import { Component } from 'preact'
import { Bar } from '../view/bar.tsx'
import { ComposerSlot } from '../view/composer-slot.tsx'
import { EdgeMarker } from '../view/edge-marker.tsx'
import { Note } from '../view/note.tsx'
import { PinnedStrip } from '../view/pinned-strip.tsx'
import type { Setting } from '../view/setting.ts'
import { Skeleton } from '../view/skeleton.tsx'
import { ChunkView } from './chunk-view.tsx'
import type { FeedView } from './feed-view.ts'
import { onFeedKey } from './keyboard.ts'
import { type Elements, Viewport } from './viewport.ts'

export interface FeedProps {
  readonly view: FeedView
  readonly setting: Setting
  readonly order: 'newest-first' | 'newest-last'
  /** Of a feed that scrolls by itself, as a CSS length; absent where it grows in the page. */
  readonly height: string | undefined
  /** The reader has come to rest at this item; none at the newest edge. */
  readonly onReading: (id: string | undefined) => void
}

/** A feed as it stands in the page: the rows and what belongs around them. What scrolls and moves is the viewport's. */
export class Feed extends Component<FeedProps> {
  viewport: Viewport | undefined
  readonly elements: { -readonly [Name in keyof Elements]?: Elements[Name] } = {}

  override componentDidMount(): void {
    this.viewport = new Viewport(this, this.elements as Elements)
  }

  /** Takes the element of that name. */
  as(name: keyof Elements): (element: HTMLElement | null) => void {
    return (element) => {
      if (element) this.elements[name] = element
    }
  }

  override componentDidUpdate(was: FeedProps): void {
    this.viewport?.keep(was.view)
  }

  override componentWillUnmount(): void {
    this.viewport?.close()
  }

  rows(lastFirst: boolean) {
    const { view, setting } = this.props
    const chunks = view.chunks.map(({ key, rows }, index) => (
      <ChunkView
        key={key}
        rows={rows}
        open={index === 0}
        reversed={lastFirst}
        setting={setting}
        own={view.own}
        target={view.target}
      />
    ))
    return lastFirst ? chunks.reverse() : chunks
  }

  body(lastFirst: boolean, waits: boolean) {
    const { view, setting } = this.props
    const started = view.loaded && view.chunks[0]
    const older = started && <EdgeMarker key="older" edge={view.older} side="older" setting={setting} />
    const newer = started && <EdgeMarker key="newer" edge={view.newer} side="newer" setting={setting} />
    return (
      <div
        ref={this.as('clip')}
        hidden={waits}
        style={lastFirst ? {} : { overflow: 'clip', overflowClipMargin: '8px' }}
      >
        <div ref={this.as('before')} tabIndex={-1} />
        {view.loaded && !started && <Note part="empty" text={setting.locale.say('empty')} />}
        {!view.loaded && view.status.state === 'reconnecting' && <Skeleton />}
        {lastFirst ? older : newer}
        <div
          ref={this.as('list')}
          role="feed"
          aria-label={view.room?.title}
          aria-busy={!view.loaded}
          onKeyDown={(event: KeyboardEvent) => onFeedKey(event, this.elements as Elements)}
        >
          {this.rows(lastFirst)}
        </div>
        {lastFirst ? newer : older}
        <div ref={this.as('after')} tabIndex={-1} />
      </div>
    )
  }

  override render({ view, setting, order, height }: FeedProps) {
    // What stands in the page is still as it was.
    this.viewport?.remember()
    const lastFirst = order === 'newest-last'
    // What comes takes nothing's place: the skeleton is no part of the boxes that would else be seen to move.
    const waits = !view.loaded && view.status.state === 'connecting'
    const bar = <Bar view={view} setting={setting} />
    const composer = (
      <ComposerSlot room={view.room} outbox={view.outbox} setting={setting} guest={view.guest} />
    )
    return (
      <div style={height ? { display: 'flex', flexDirection: 'column', height } : { display: 'flow-root' }}>
        {waits && <Skeleton />}
        <div ref={this.as('head')}>
          <PinnedStrip pinned={view.pinned} setting={setting} />
          {!lastFirst && composer}
        </div>
        <div
          ref={this.as('box')}
          style={height ? { overflowY: 'auto', flex: 1, minHeight: 0, overscrollBehavior: 'contain' } : {}}
        >
          {!lastFirst && bar}
          {this.body(lastFirst, waits)}
          {lastFirst && bar}
        </div>
        {lastFirst && composer}
      </div>
    )
  }
}
