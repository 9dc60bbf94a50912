import type { Connection } from '../connection/connection.ts'
import type { Early } from '../early.ts'
import type { FeedView } from './feed-view.ts'
import type { GetToken } from './identity.ts'

/** What a feed is given by the page that it stands in. */
export interface FeedOptions {
  readonly base: string
  readonly room: string
  readonly connection: Connection
  /** The newest page, where the loader has asked for it. */
  readonly page: Early['page']
  readonly getToken: () => GetToken | undefined
  /** A new value to draw. */
  readonly draw: (view: FeedView) => void
  readonly emit: (event: 'item' | 'status' | 'login', detail: object) => void
  readonly now: () => number
}
