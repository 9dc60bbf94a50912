import { type Author, LIMITS, type PostItem } from '@halley/shared'
import type { Caller } from '../auth/caller.ts'
import { checkName } from '../filters/check-name.ts'
import { cleanName } from '../filters/clean-name.ts'
import { linkAddress } from '../filters/link-address.ts'
import { Problem } from '../problem.ts'

function webAddress(field: 'url' | 'avatar', text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const address = linkAddress(text)
  if (address === undefined || !/^https?:/.test(address)) {
    throw new Problem('bad-request', `author.${field} must be an http or https address`)
  }
  return address
}

/**
 * Who an item is by, as readers are told. The token names whom the site signed in, and what they send is ignored;
 * keys name anybody; guests have a name alone, and none that could be taken for staff. Throws `Problem`.
 */
export function authorOf(caller: Caller, sent: PostItem['author']): Author {
  if (caller.kind === 'user') {
    const { name, role } = caller
    // A picture that cannot be shown is no reason to refuse what its owner has to say.
    const avatar = caller.avatar && linkAddress(caller.avatar)
    // Nor is a name that is longer than names are shown.
    const shown = [...name].slice(0, LIMITS.authorNameCharacters).join('')
    return { name: cleanName(shown), ...(avatar && { avatar }), ...(role && { role }) }
  }
  if (!sent) throw new Problem('author-required')
  if (caller.kind !== 'key') return { name: checkName(sent.name) }
  const url = webAddress('url', sent.url)
  const avatar = webAddress('avatar', sent.avatar)
  return { name: cleanName(sent.name), ...(url && { url }), ...(avatar && { avatar }) }
}
