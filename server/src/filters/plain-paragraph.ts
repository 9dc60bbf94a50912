import type { Body } from '@halley/shared'

/**
 * One line that begins with a letter and has nothing in it that could be a mark, a link or an address: what the parser
 * makes of it is known without asking it, which is most of what people post, at a fraction of the time. A colon or a
 * slash is only of interest where an address could go on behind it.
 */
const UNMARKED = /^\p{L}(?:[^\\`*_~[<@:/\n\t]|:(?= )|\/(?!\/))*$/u

/** The body of a cleaned text that the full parser would make the same of; undefined where it has to be asked. */
export function plainParagraph(text: string): Body | undefined {
  return UNMARKED.test(text) ? [{ type: 'paragraph', children: [text] }] : undefined
}
