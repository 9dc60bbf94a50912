import { type PosterParts, posterParts } from '../view/lazy.tsx'
import type { FeedStore } from './feed-store.ts'
import type { FeedActions, ItemActions } from './feed-view.ts'
import type { Writing } from './writing.ts'

type Verb = 'post' | 'discard' | 'retry' | keyof ItemActions

/** What components may ask for. What carries out posting and moderating is in the file of the controls for it. */
export function feedActions(store: FeedStore): FeedActions {
  let writing: Writing | undefined
  const write =
    <V extends Verb>(verb: V) =>
    (...given: Parameters<Writing[V]>): ReturnType<Writing[V]> => {
      writing ??= new (posterParts() as PosterParts).Writing(store)
      // biome-ignore lint/suspicious/noExplicitAny: each verb with what it is given.
      return (writing as any)[verb](...given)
    }
  return {
    loadMore: (side) => store.loadMore(side),
    showNewest: () => store.showNewest(),
    hold: (reason, on) => store.hold(reason, on),
    openAround: (id) => store.openAround(id),
    post: write('post'),
    discard: write('discard'),
    retry: write('retry'),
    remove: write('remove'),
    restore: write('restore'),
    edit: write('edit'),
    release: write('release'),
    pin: write('pin'),
    unpin: write('unpin'),
    source: write('source'),
    login: () => store.options.emit('login', {}),
    linkTo: (id) => `${location.href.split('#')[0]}#halley-${id}`,
  }
}
