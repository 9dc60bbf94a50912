import { LIMITS } from '@halley/shared'
import { Problem } from '../problem.ts'
import { cleanText } from './clean-text.ts'

/** Blank, but no space to Unicode. */
const BLANKS = /[\s\u115f\u1160\u2800\u3164\uffa0]+/gu
/** Joiners that join letters are part of a name; any other unseen character is not. */
const UNSEEN =
  /(?<![\p{L}\p{M}\p{Emoji}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{Emoji}])|[\p{Cf}--[\u200c\u200d]]/gv

/**
 * A display name as it is stored and shown, whoever vouches for it. Throws `Problem` `author-required` for a blank
 * one, `bad-request` for one that is too long, and `bad-text` as `cleanText` does.
 */
export function cleanName(name: string): string {
  const shown = cleanText(name).replace(BLANKS, ' ').replace(UNSEEN, '').replace(/ +/g, ' ').trim()
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(shown)) throw new Problem('author-required')
  if ([...shown].length > LIMITS.authorNameCharacters) {
    throw new Problem('bad-request', `A display name has at most ${LIMITS.authorNameCharacters} characters`)
  }
  return shown
}
