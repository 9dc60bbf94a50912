import { Problem } from '../problem.ts'
import { cleanName } from './clean-name.ts'
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

/**
 * A display name that nobody vouches for, as it is stored and shown. Throws what `cleanName` throws, and `Problem`
 * `name-reserved` for one that could be taken for staff.
 */
export function checkName(name: string): string {
  const shown = cleanName(name)
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
