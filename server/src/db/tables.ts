import type { Author, Body, ChangeType, Posting, RoomState, Visibility } from '@halley/shared'
import {
  bigint,
  boolean,
  customType,
  index,
  jsonb,
  pgTable,
  primaryKey,
  sql,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from './drizzle.ts'

/*
 * Every table of the database. `room_id` leads each key of what a room holds, so that rows can be hash-partitioned or
 * spread later. Rows of items, changes and versions are written by the SQL function `append_changes` alone, under the
 * lock of their room's row, so they carry no foreign keys: each would cost a look-up for every row.
 */

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
const rev = (name: string) => bigint(name, { mode: 'number' })
const createdAt = time('created_at').notNull().defaultNow()

/** A few facts of this database itself: what `check-epochs.ts` remembers, what was done once. */
export const meta = pgTable('meta', {
  key: text('key').primaryKey(),
  value: jsonb('value').$type<unknown>().notNull(),
})

export const sites = pgTable('sites', {
  id: rev('id').primaryKey().generatedAlwaysAsIdentity(),
  slug: text('slug').notNull().unique(),
  origins: text('origins').array().notNull().default([]),
  createdAt,
  /** When it was deleted; its row stays, so that tags that are still in pages are told so. */
  goneAt: time('gone_at'),
})

export interface StoredSettings {
  readonly editWindow?: number
  readonly textLimit?: number
  readonly holdPosts?: boolean
}

export const rooms = pgTable(
  'rooms',
  {
    id: rev('id').primaryKey().generatedAlwaysAsIdentity(),
    siteId: rev('site_id')
      .notNull()
      .references(() => sites.id),
    slug: text('slug').notNull(),
    title: text('title').notNull(),
    state: text('state').$type<RoomState>().notNull().default('open'),
    visibility: text('visibility').$type<Visibility>().notNull().default('public'),
    posting: text('posting').$type<Posting>().notNull().default('staff'),
    epoch: text('epoch').notNull(),
    /** Of the last change; the row's lock is the room's order. */
    rev: rev('rev').notNull().default(0),
    /** Changes up to this rev may have been deleted. */
    floor: rev('floor').notNull().default(0),
    /** Of the last change that was no post. */
    altered: rev('altered').notNull().default(0),
    /** Of the last change of the room itself. */
    factsRev: rev('facts_rev').notNull().default(0),
    /** Public items that stand. */
    itemCount: rev('item_count').notNull().default(0),
    settings: jsonb('settings').$type<StoredSettings>().notNull().default({}),
    createdAt,
  },
  (room) => [uniqueIndex('rooms_address').on(room.siteId, room.slug)],
)

export const items = pgTable(
  'items',
  {
    roomId: rev('room_id').notNull(),
    id: uuid('id').notNull(),
    /** Null until first public, then its place for ever. */
    seq: rev('seq'),
    rev: rev('rev').notNull(),
    kind: text('kind').notNull(),
    state: text('state').$type<'live' | 'held' | 'removed'>().notNull(),
    author: jsonb('author').$type<Author>().notNull(),
    poster: text('poster'),
    /** Of the post as it was sent. */
    hash: text('hash').notNull(),
    /** Null once removed: what stood there is in `versions`. */
    body: jsonb('body').$type<Body>(),
    text: text('text'),
    media: jsonb('media').$type<unknown>(),
    highlight: boolean('highlight').notNull().default(false),
    sourceId: uuid('source_id'),
    externalId: text('external_id'),
    postedAt: time('posted_at').notNull(),
    editedAt: time('edited_at'),
    pinnedAt: time('pinned_at'),
    removedAt: time('removed_at'),
    createdAt,
  },
  (item) => [
    primaryKey({ columns: [item.roomId, item.id] }),
    uniqueIndex('items_place').on(item.roomId, item.seq),
    uniqueIndex('items_external')
      .on(item.roomId, item.sourceId, item.externalId)
      .where(sql`external_id is not null`),
    index('items_live').on(item.roomId, item.seq).where(sql`state = 'live'`),
    index('items_waiting').on(item.roomId, item.rev).where(sql`state = 'held' and seq is null`),
    index('items_pinned').on(item.roomId, item.pinnedAt).where(sql`pinned_at is not null`),
  ],
)

/** What happened, step by step: the log that readers follow, and the audit trail. */
export const changes = pgTable(
  'changes',
  {
    roomId: rev('room_id').notNull(),
    rev: rev('rev').notNull(),
    itemId: uuid('item_id'),
    type: text('type').$type<ChangeType>().notNull(),
    by: text('by').notNull(),
    at: time('at').notNull(),
    reason: text('reason'),
  },
  (change) => [primaryKey({ columns: [change.roomId, change.rev] })],
)

/** What an item was before it was edited or removed; `rev` is the last at which it stood. For staff alone. */
export const versions = pgTable(
  'versions',
  {
    roomId: rev('room_id').notNull(),
    itemId: uuid('item_id').notNull(),
    rev: rev('rev').notNull(),
    state: text('state').$type<'live' | 'held'>().notNull(),
    body: jsonb('body').$type<Body>().notNull(),
    text: text('text').notNull(),
    media: jsonb('media').$type<unknown>(),
  },
  (version) => [primaryKey({ columns: [version.roomId, version.itemId, version.rev] })],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    siteId: rev('site_id')
      .notNull()
      .references(() => sites.id),
    scope: text('scope').$type<'write' | 'moderate' | 'admin'>().notNull(),
    hash: bytes('hash').notNull().unique(),
    name: text('name').notNull(),
    createdAt,
    revokedAt: time('revoked_at'),
  },
  (key) => [index('api_keys_site').on(key.siteId)],
)

/** Secrets with which a site's own server signs its users in; `id` is the JWT's `kid`. */
export const siteSecrets = pgTable(
  'site_secrets',
  {
    id: text('id').primaryKey(),
    siteId: rev('site_id')
      .notNull()
      .references(() => sites.id),
    /** Encrypted with the deployment's SECRET_KEY. */
    secret: text('secret').notNull(),
    allowRoles: boolean('allow_roles').notNull().default(false),
    createdAt,
    revokedAt: time('revoked_at'),
  },
  (secret) => [index('site_secrets_site').on(secret.siteId)],
)
