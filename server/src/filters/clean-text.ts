import { Problem } from '../problem.ts'

/** Marks that may follow one letter; scripts that stack them honestly stay below this. */
const MARKS_IN_A_ROW = 4

/** Line ends of every system and of Unicode. */
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g

/**
 * What nobody sees and nobody needs: C0 and C1 controls but for tab and line feed, the bidi embeddings, overrides and
 * isolates (they would reorder what stands beside the text too), byte order marks, annotation and object marks, and
 * code points that are no characters. Joiners stay: Persian, Hindi and emoji need them.
 */
const UNSEEN = new RegExp(
  '[\\u0001-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u206f\\ufeff\\ufff9-\\ufffc' +
    '\\p{Noncharacter_Code_Point}]',
  'gu',
)
/** Normalising sorts a run of marks in quadratic time; Unicode's stream-safe form has runs of 30 at most, too. */
const ENDLESS_MARKS = /(\p{M}{30})\p{M}+/gu
const TOO_MANY_MARKS = new RegExp(`([\\p{Mn}\\p{Me}]{${MARKS_IN_A_ROW}})[\\p{Mn}\\p{Me}]+`, 'gu')

/**
 * Text as it is stored: NFC, `\n` between lines, no unseen characters, no towers of marks, nothing blank at either end.
 * Cleaning it again changes nothing. Throws `Problem` `bad-text` for U+0000 and halves of surrogate pairs, which no
 * honest client sends and no database keeps. Takes time in proportion to the text, which may be a whole request.
 */
export function cleanText(text: string): string {
  if (text.includes('\u0000')) throw new Problem('bad-text', 'The text has a U+0000 in it')
  if (!text.isWellFormed()) throw new Problem('bad-text', 'The text has half of a surrogate pair in it')
  return text
    .replace(LINE_ENDS, '\n')
    .replace(UNSEEN, '')
    .replace(ENDLESS_MARKS, '$1')
    .normalize('NFC')
    .replace(TOO_MANY_MARKS, '$1')
    .replace(/^(?:[^\S\n]*\n)+/u, '')
    .trimEnd()
}
