import type { BodyElement, BodyNode } from '@halley/shared'

const BLOCKS = /^(paragraph|quote|list|code-block)$/
const isBlock = (node: BodyNode): node is BodyElement => typeof node !== 'string' && BLOCKS.test(node.type)

/**
 * A body as somebody would type it, for editing: posted again it says the same words with the same links, and has the
 * same form but for marks that Markdown cannot put so close together.
 */
export function bodySource(body: readonly BodyNode[]): string {
  return blocks(body, '\n\n')
}

/** Blocks one after the other, and what stands between them as lines of its own. */
function blocks(nodes: readonly BodyNode[], between: string): string {
  const parts: string[] = []
  let run: BodyNode[] = []
  let list: BodyElement | undefined
  let other = false
  const endRun = () => {
    if (run.length) parts.push(inlines(run))
    run = []
  }
  for (const node of nodes) {
    if (!isBlock(node)) {
      run.push(node)
      continue
    }
    endRun()
    // Two lists of a kind would become one.
    other = node.type === 'list' && list !== undefined && list.ordered === node.ordered && !other
    list = node.type === 'list' ? node : undefined
    parts.push(block(node, other))
  }
  endRun()
  return parts.join(between)
}

function block(node: BodyElement, other: boolean): string {
  const { children = [] } = node
  if (node.type === 'quote') return prefixed(blocks(children, '\n\n'), '> ', '> ')
  if (node.type === 'list') return listSource(node, other)
  if (node.type !== 'code-block') return inlines(children)
  const code = children.filter((child) => typeof child === 'string').join('')
  const fence = longerThan(code, 3)
  return `${fence}${node.language ?? ''}\n${code ? `${code}\n` : ''}${fence}`
}

function listSource({ ordered, start = 1, children = [] }: BodyElement, other: boolean): string {
  const loose = children.some((item) => typeof item !== 'string' && item.children?.some(isParagraph))
  return children
    .map((item, n) => {
      const mark = ordered ? `${start + n}${other ? ')' : '.'} ` : other ? '* ' : '- '
      const text =
        typeof item === 'string' ? escaped(item, true) : blocks(item.children ?? [], loose ? '\n\n' : '\n')
      return prefixed(text, mark, ' '.repeat(mark.length))
    })
    .join(loose ? '\n\n' : '\n')
}

const isParagraph = (node: BodyNode) => typeof node !== 'string' && node.type === 'paragraph'

function inlines(nodes: readonly BodyNode[], before = ''): string {
  return nodes.reduce<string>((text, node, n) => {
    const next = nodes[n + 1]
    const source = inline(node, before + text)
    // Before a link it would make a picture of it.
    const picture = typeof node === 'string' && typeof next === 'object' && next.type === 'link'
    return text + (picture ? source.replace(/!$/, '\\!') : source)
  }, '')
}

/** `before` is what stands in front of it: marks that touch must differ, and lines begin anew. */
function inline(node: BodyNode, before: string): string {
  if (typeof node === 'string') return escaped(node, before === '' || before.endsWith('\n'))
  const { type, children = [], href } = node
  if (type === 'break') return '\n'
  if (type === 'code') return codeSource(children.join(''))
  if (type === 'link' && href) return linkSource(children, href)
  const star = before.endsWith('*') ? '_' : '*'
  const mark = { strong: star + star, emphasis: star, strike: '~~' }[type as string] ?? ''
  return `${mark}${inlines(children, before + mark)}${mark}`
}

function linkSource(children: readonly BodyNode[], href: string): string {
  const [text] = children
  const bare = children.length === 1 && typeof text === 'string' && !/[\s<>]/.test(text)
  const address = bare && /^[\w.+-]+@[\w.-]+$/.test(text) ? `mailto:${text}` : text
  if (bare && leadsTo(address as string) === href) return `<${text}>`
  return `[${inlines(children)}](${/[()\\]/.test(href) ? `<${href}>` : href})`
}

function leadsTo(text: string): string | undefined {
  return URL.canParse(text) ? new URL(text).href : undefined
}

function codeSource(code: string): string {
  const fence = longerThan(code, 1)
  const space = /^[` ]|[` ]$/.test(code) && code.trim() ? ' ' : ''
  return fence + space + code + space + fence
}

/** As many backticks as no run in the text has. */
function longerThan(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  return '`'.repeat(Math.max(least, longest + 1))
}

/** Text that means nothing but itself, addresses in it too. Only at the start of a line do `-`, `+` and `1.` begin a list. */
function escaped(text: string, atLineStart: boolean): string {
  const lines = text.replace(/[\\`*_~[\]<>]|:(?=\/\/)|(?<=mailto):|(?<=\w)@(?=\w)/g, '\\$&').split('\n')
  return lines
    .map((line, n) => (n > 0 || atLineStart ? line.replace(/^(\s*\d{0,9})([-+.)])/, '$1\\$2') : line))
    .join('\n')
}

function prefixed(text: string, first: string, rest: string): string {
  return first + text.replace(/\n(?=(\n)?)/g, (_, blank) => `\n${blank ? rest.trimEnd() : rest}`)
}
