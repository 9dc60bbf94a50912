import { LIMITS } from './limits.ts'

/**
 * A piece of an item's body. Text is a plain string; an element has children. There is no markup anywhere: whoever
 * shows a body makes nodes of their own, so text in a post can never become markup in a page. A reader who does not
 * know an element's type shows its children.
 */
export type BodyNode = string | BodyElement

export type BodyElementType =
  | 'paragraph'
  | 'quote'
  | 'list'
  | 'list-item'
  | 'code-block'
  | 'strong'
  | 'emphasis'
  | 'strike'
  | 'code'
  | 'link'
  | 'break'

export interface BodyElement {
  readonly type: BodyElementType
  readonly children?: readonly BodyNode[]
  /** Of a link: `http`, `https` or `mailto`, absolute. */
  readonly href?: string
  /** Of a list: true when numbered, and its first number when that is not 1. */
  readonly ordered?: boolean
  readonly start?: number
  /** Of a code block: what its author called the language. */
  readonly language?: string
}

/** Blocks, in order. */
export type Body = readonly BodyNode[]

/** What is too much about a body, or undefined when it keeps to the limits on depth, nodes and bytes. */
export function bodyExcess(body: Body): 'depth' | 'nodes' | 'bytes' | undefined {
  let nodes = 0
  let tooDeep = false
  const walk = (list: readonly BodyNode[], depth: number): void => {
    if (depth > LIMITS.bodyDepth) tooDeep = true
    if (tooDeep) return
    for (const node of list) {
      nodes += 1
      if (typeof node !== 'string' && node.children) walk(node.children, depth + 1)
    }
  }
  walk(body, 0)
  if (tooDeep) return 'depth'
  if (nodes > LIMITS.bodyNodes) return 'nodes'
  return new TextEncoder().encode(JSON.stringify(body)).length > LIMITS.bodyBytes ? 'bytes' : undefined
}
