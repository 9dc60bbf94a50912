import type { Body, BodyElement, BodyNode } from '@halley/shared'

const BLOCKS = new Set(['paragraph', 'quote', 'list', 'list-item', 'code-block'])
const isBlock = (node: BodyNode): node is BodyElement => typeof node !== 'string' && BLOCKS.has(node.type)

/** What a body says, without its form: blocks on lines of their own, quotes and list items marked as in mail. */
export function plainText(body: Body): string {
  return blocks(body, '\n\n').trim()
}

function blocks(nodes: readonly BodyNode[], between: string): string {
  const parts: string[] = []
  let line = ''
  for (const node of nodes) {
    if (!isBlock(node)) {
      line += inline(node)
      continue
    }
    if (line !== '') parts.push(line)
    line = ''
    parts.push(block(node))
  }
  if (line !== '') parts.push(line)
  return parts.join(between)
}

function block(node: BodyElement): string {
  const children = node.children ?? []
  switch (node.type) {
    case 'quote':
      return indent(blocks(children, '\n\n'), '> ', '> ')
    case 'list':
      return listText(node)
    case 'list-item':
      return blocks(children, '\n')
    default:
      return blocks(children, '\n')
  }
}

function listText(list: BodyElement): string {
  return (list.children ?? [])
    .map((item, index) => {
      const mark = list.ordered ? `${(list.start ?? 1) + index}. ` : '- '
      return indent(blocks([item], '\n'), mark, ' '.repeat(mark.length))
    })
    .join('\n')
}

function inline(node: BodyNode): string {
  if (typeof node === 'string') return node
  if (node.type === 'break') return '\n'
  return (node.children ?? []).map(inline).join('')
}

function indent(text: string, first: string, rest: string): string {
  return first + text.replaceAll('\n', `\n${rest}`)
}
