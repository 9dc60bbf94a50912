import { LIMITS } from '@halley/shared'
import { Problem } from '../problem.ts'
import { cleanText } from './clean-text.ts'
import { glance } from './look-alikes.ts'

/** Nobody may be called this alone, however it is spelt. */
const NAMES = ['owner', 'system', 'support', 'root', 'help', 'editor', 'team', 'halley', 'everyone', 'bot']
/** Nor have one of these as a word of their name. */
const WORDS = ['mod', 'mods', 'staff', 'official', 'verified']
/** Nor a word that begins or ends with one of these. */
const TITLES = [
  'admin',
  'administrator',
  'moderator',
  'administrador',
  'moderador',
  'modérateur',
  'moderation',
]
/** Marks that look like a badge. */
const BADGES = /[✓✔☑✅🛡🔰👑®™©]/u

const LOOKS = {
  names: new Set([...NAMES, ...WORDS, ...TITLES].map(glance)),
  words: new Set(WORDS.map(glance)),
  titles: TITLES.map(glance),
}

/** Blank, but no space to Unicode. */
const BLANKS = /[\s\u115f\u1160\u2800\u3164\uffa0]+/gu
/** Joiners that join letters are part of a name; any other unseen character is not. */
const UNSEEN =
  /(?<![\p{L}\p{M}\p{Emoji}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{Emoji}])|[\p{Cf}--[\u200c\u200d]]/gv

/**
 * A display name as it is stored and shown. Throws `Problem` `author-required` for a blank one, `bad-request` for one
 * that is too long, `bad-text` as `cleanText` does, and `name-reserved` for one that could be taken for staff.
 */
export function checkName(name: string): string {
  const shown = cleanText(name).replace(BLANKS, ' ').replace(UNSEEN, '').replace(/ +/g, ' ').trim()
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(shown)) throw new Problem('author-required')
  if ([...shown].length > LIMITS.authorNameCharacters) {
    throw new Problem('bad-request', `A display name has at most ${LIMITS.authorNameCharacters} characters`)
  }
  if (BADGES.test(shown) || looksLikeStaff(shown)) throw new Problem('name-reserved')
  return shown
}

function looksLikeStaff(name: string): boolean {
  const look = glance(name)
  const words = look.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const joined = words.join('')
  if (LOOKS.names.has(joined) || LOOKS.names.has(joined.replace(/^the/, ''))) return true
  return words.some(
    (word) =>
      LOOKS.words.has(word) || LOOKS.titles.some((title) => word.startsWith(title) || word.endsWith(title)),
  )
}
