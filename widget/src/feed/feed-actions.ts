import type { FeedStore } from './feed-store.ts'
import type { FeedActions, Outgoing } from './feed-view.ts'
import type { Writing } from './writing.ts'

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
  return {
    loadOlder: () => store.loadMore('older'),
    loadNewer: () => store.loadMore('newer'),
    showNewest: () => store.showNewest(),
    hold: (reason, on) => store.hold(reason, on),
    openAround: (id) => store.openAround(id),
    post: (text, name) => {
      load().then(
        (loaded) => loaded.post(text, name),
        () => store.setOutbox([...store.outbox, unsent(text, name)]),
      )
    },
    retry: async (id) => (await load()).retry(id),
    discard: (id) => store.setOutbox(store.outbox.filter((each) => each.id !== id)),
    remove: async (id, reason) => (await load()).remove(id, reason),
    restore: async (id) => (await load()).restore(id),
    edit: async (id, text) => (await load()).edit(id, text),
    release: async (id) => (await load()).release(id),
    pin: async (id) => (await load()).pin(id),
    unpin: async (id) => (await load()).unpin(id),
    source: async (id) => (await load()).source(id),
    login: () => store.options.emit('login', {}),
    linkTo: (id) => `${location.href.split('#')[0]}#halley-${id}`,
  }
}

/** A post whose way out could not even be fetched: what was typed is not lost, and can be tried again. */
function unsent(text: string, name: string): Outgoing {
  return { id: crypto.randomUUID(), text, name, state: 'failed', code: 'network', retry: true }
}
