import { type Body, type BodyNode, bodyExcess, LIMITS } from '@halley/shared'
import { Problem } from '../problem.ts'
import { buildBody } from './build-body.ts'
import { cleanText } from './clean-text.ts'
import { markdown } from './markdown.ts'
import { plainParagraph } from './plain-paragraph.ts'
import { plainText } from './plain-text.ts'

/**
 * A post as it was typed, made into the body that travels and the plain text that is kept beside it.
 * `limit` is the room's longest post in code points. Throws `Problem` `bad-text`, `text-too-long`, or `bad-request`
 * where nothing is left to show. A text whose form would be too much for a body is shown without it.
 */
export function parseText(
  text: string,
  limit: number = LIMITS.textCharacters,
): { readonly body: Body; readonly text: string } {
  const clean = cleanText(text)
  if (!/[^\s\p{Cf}\p{Mn}\p{Cc}]/u.test(clean)) throw new Problem('bad-request', 'The text is empty')
  if (clean.length > limit && [...clean].length > limit) {
    throw new Problem('text-too-long', `The text has more than ${limit} characters`)
  }
  const plain = plainParagraph(clean)
  if (plain) return { body: plain, text: clean }
  const body = formatted(clean) ?? linesOf(clean) ?? [{ type: 'paragraph', children: [clean] }]
  return { body, text: plainText(body) }
}

function formatted(text: string): Body | undefined {
  const tokens = markdown.parse(text, {})
  // Beyond its nesting bound the parser drops text in silence: such a post is shown as it was typed.
  const bound = (markdown.options.maxNesting ?? 0) - 1
  if (tokens.some((token) => token.level >= bound)) return undefined
  const body = buildBody(tokens)
  return bodyExcess(body) || !says(body) ? undefined : body
}

/** Marks alone (`-`, `>`, an empty fence) make blocks with nothing in them. */
function says(body: Body): boolean {
  return body.some((node) => (typeof node === 'string' ? node.trim() !== '' : says(node.children ?? [])))
}

function linesOf(text: string): Body | undefined {
  const children = text.split('\n').flatMap((line): BodyNode[] => [{ type: 'break' }, line])
  const body: Body = [{ type: 'paragraph', children: children.slice(1).filter((node) => node !== '') }]
  return bodyExcess(body) ? undefined : body
}
