import type { FeedStore } from './feed-store.ts'
import type { FeedActions, ItemActions, Outgoing } from './feed-view.ts'
import type { Writing } from './writing.ts'

type Later = 'retry' | keyof ItemActions

/** What components may ask for. Posting and moderating come in a file of their own, fetched when first needed. */
export function feedActions(store: FeedStore): FeedActions {
  let writing: Promise<Writing> | undefined
  const load = () => {
    writing ??= import('./writing.ts').then(
      ({ Writing }) => new Writing(store),
      (error) => {
        writing = undefined
        throw error
      },
    )
    return writing
  }
  const later =
    <Verb extends Later>(verb: Verb) =>
    async (...given: Parameters<Writing[Verb]>): Promise<Awaited<ReturnType<Writing[Verb]>>> =>
      // biome-ignore lint/suspicious/noExplicitAny: each verb with what it is given.
      ((await load()) as any)[verb](...given)
  return {
    loadMore: (side) => store.loadMore(side),
    showNewest: () => store.showNewest(),
    hold: (reason, on) => store.hold(reason, on),
    openAround: (id) => store.openAround(id),
    post: (text, name) => {
      load().then(
        (loaded) => loaded.post(text, name),
        () => store.setOutbox([...store.outbox, unsent(text, name)]),
      )
    },
    discard: (id) => store.setOutbox(store.outbox.filter((each) => each.id !== id)),
    retry: later('retry'),
    remove: later('remove'),
    restore: later('restore'),
    edit: later('edit'),
    release: later('release'),
    pin: later('pin'),
    unpin: later('unpin'),
    source: later('source'),
    login: () => store.options.emit('login', {}),
    linkTo: (id) => `${location.href.split('#')[0]}#halley-${id}`,
  }
}

/** A post whose way out could not even be fetched: what was typed is not lost, and can be tried again. */
function unsent(text: string, name: string): Outgoing {
  return { id: crypto.randomUUID(), text, name, state: 'failed', code: 'network', retry: true }
}
