import { createHash } from 'node:crypto'
import { type Author, LIMITS } from '@halley/shared'
import { cleanName } from '../filters/clean-name.ts'
import { linkAddress } from '../filters/link-address.ts'
import { parseText } from '../filters/parse-text.ts'
import type { PostRequest } from '../log/change-request.ts'
import { Problem } from '../problem.ts'
import type { ExportedItem } from './export-format.ts'

/** A source says with marks what a text says without. */
const SOURCE_CHARACTERS = 4 * LIMITS.textCharacters

/** What the log is asked to append for an exported item, by the rules for whatever is posted. Throws `Problem`. */
export function toImportedPost(item: ExportedItem): PostRequest {
  const { id, kind, source, author, state, postedAt, highlight } = item
  const sent = [source, author.name, author.url, author.avatar, author.role, highlight === true, postedAt]
  return {
    type: 'post',
    id,
    kind,
    author: toAuthor(author),
    ...parseText(source, SOURCE_CHARACTERS),
    hash: createHash('sha256')
      .update(JSON.stringify(['import', ...sent]))
      .digest('base64url'),
    highlight: highlight === true,
    held: state === 'held',
    evenIfClosed: true,
    postedAt: new Date(postedAt).toISOString(),
  }
}

function toAuthor({ name, url, avatar, role }: Author): Author {
  return {
    name: cleanName(name),
    ...(url !== undefined && { url: webAddress(url) }),
    ...(avatar !== undefined && { avatar: webAddress(avatar) }),
    ...(role && { role }),
  }
}

function webAddress(text: string): string {
  const address = linkAddress(text)
  if (!address || !/^https?:/.test(address))
    throw new Problem('bad-request', 'An author has an address that is not http or https')
  return address
}
