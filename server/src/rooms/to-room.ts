import { LIMITS } from '@halley/shared'
import type { rooms, StoredSettings, sites } from '../db/tables.ts'
import type { Room, RoomId, RoomSettings, Site, SiteId } from './room.ts'

/** What a room does where its owner has not said otherwise. */
const DEFAULTS: RoomSettings = { editWindow: 300, textLimit: LIMITS.textCharacters, holdPosts: false }

export function toSite(row: typeof sites.$inferSelect): Site {
  return { id: row.id as SiteId, slug: row.slug, origins: row.origins, gone: row.goneAt !== null }
}

export function toRoom(site: Site, row: typeof rooms.$inferSelect): Room {
  return {
    id: row.id as RoomId,
    site,
    slug: row.slug,
    address: `${site.slug}/${row.slug}`,
    title: row.title,
    state: row.state,
    visibility: row.visibility,
    posting: row.posting,
    settings: toSettings(row.settings),
  }
}

function toSettings(stored: StoredSettings): RoomSettings {
  return { ...DEFAULTS, ...stored }
}
