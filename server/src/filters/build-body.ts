import type { Body, BodyElement, BodyElementType, BodyNode } from '@halley/shared'
import type { Token } from 'markdown-it'
import { linkAddress } from './link-address.ts'

const ELEMENTS: Readonly<Record<string, BodyElementType>> = {
  paragraph_open: 'paragraph',
  blockquote_open: 'quote',
  bullet_list_open: 'list',
  ordered_list_open: 'list',
  list_item_open: 'list-item',
  strong_open: 'strong',
  em_open: 'emphasis',
  s_open: 'strike',
  link_open: 'link',
}

type Children = BodyNode[]

/** Turns markdown-it's tokens into a body. A link to an address that is not allowed leaves its children in its place. */
export function buildBody(tokens: readonly Token[]): Body {
  // The children of what is open, outermost first. An element that was left out shares its parent's.
  const open: Children[] = [[]]
  // The parser lets links into links; a page cannot show that, so the outer one holds.
  let links = 0
  const visit = (token: Token): void => {
    const children = open[open.length - 1] as Children
    const isLink = token.type === 'link_open' || token.type === 'link_close'
    if (isLink) links += token.nesting
    if (token.type === 'inline') {
      for (const child of token.children ?? []) visit(child)
    } else if (token.nesting === 1) {
      const element = isLink && links > 1 ? undefined : openedBy(token)
      if (element) children.push(element.node)
      open.push(element?.children ?? children)
    } else if (token.nesting === -1) open.pop()
    else if (token.type === 'image') addImage(children, token, links > 0)
    else addLeaf(children, token)
  }
  for (const token of tokens) visit(token)
  return open[0] as Children
}

function openedBy(token: Token): { node: BodyElement; children: Children } | undefined {
  const type = ELEMENTS[token.type]
  // Paragraphs of a tight list are hidden: their text stands in the list item itself.
  if (!type || token.hidden) return undefined
  const children: Children = []
  if (type === 'link') {
    const href = linkAddress(attribute(token, 'href'))
    return href === undefined ? undefined : { node: { type, href, children }, children }
  }
  if (token.type !== 'ordered_list_open') return { node: { type, children }, children }
  const start = Number(token.attrGet('start') ?? 1)
  return { node: { type, ordered: true, ...(start !== 1 && { start }), children }, children }
}

function addLeaf(children: Children, token: Token): void {
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      children.push({ type: 'break' })
      break
    case 'code_inline':
      children.push({ type: 'code', children: [token.content] })
      break
    case 'fence': {
      const language = /^[\w+#.-]{1,32}(?=\s|$)/u.exec(token.info.trim())?.[0]
      const content = token.content.replace(/\n$/, '')
      children.push({ type: 'code-block', ...(language && { language }), children: [content] })
      break
    }
    default:
      addText(children, token.content)
  }
}

/** A picture is shown as a link to it: nothing of another host loads before the reader asks for it. In a link it is its words. */
function addImage(children: Children, token: Token, inLink: boolean): void {
  const href = linkAddress(attribute(token, 'src'))
  const text = token.content.trim() || href || ''
  if (href && !inLink) children.push({ type: 'link', href, children: [text] })
  else addText(children, text)
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '')
}

function addText(children: Children, text: string): void {
  if (text === '') return
  const last = children.length - 1
  const before = children[last]
  if (typeof before === 'string') children[last] = before + text
  else children.push(text)
}
