import { type ComponentChild, h } from 'preact'
import type { Body, BodyElement, BodyElementType, BodyNode } from './body.ts'

/** The only elements that a body can become. A link is made apart, because it alone carries an attribute that was typed. */
const TAGS: { readonly [type in Exclude<BodyElementType, 'link' | 'list'>]: string } = {
  paragraph: 'p',
  quote: 'blockquote',
  'list-item': 'li',
  'code-block': 'pre',
  strong: 'strong',
  emphasis: 'em',
  strike: 's',
  code: 'code',
  break: 'br',
}

/** What reads in a direction of its own: each of these is isolated from its neighbours and finds its own direction. */
const ISOLATED = /^(p|li|blockquote)$/

/** The address where it is absolute and of a scheme that only leads somewhere, else undefined. */
function safeHref(href: unknown): string | undefined {
  const url = typeof href === 'string' && URL.canParse(href) ? new URL(href) : undefined
  return url && /^(https?|mailto):$/.test(url.protocol) ? url.href : undefined
}

function elementView(node: BodyElement): ComponentChild {
  const { type } = node
  const children = type === 'break' ? undefined : bodyView(node.children ?? [])
  if (type === 'link') {
    const href = safeHref(node.href)
    return href
      ? h('a', { href, target: '_blank', rel: 'ugc nofollow noopener noreferrer', dir: 'auto' }, children)
      : children
  }
  if (type === 'list') {
    const start = Number.isSafeInteger(node.start) ? node.start : undefined
    return node.ordered ? h('ol', { start }, children) : h('ul', null, children)
  }
  const tag = Object.hasOwn(TAGS, type) ? TAGS[type] : undefined
  if (!tag) return children
  if (tag === 'pre') return h(tag, { dir: 'ltr', tabIndex: 0 }, h('code', null, children))
  return h(tag, ISOLATED.test(tag) ? { dir: 'auto' } : null, children)
}

/**
 * A body as Preact nodes, for the widget, the dashboard and the server's page alike. Text becomes text nodes and only
 * that; an element of an unknown type shows its children; a link whose address is not `http`, `https` or `mailto`
 * shows its words.
 */
export function bodyView(body: readonly BodyNode[] | Body): ComponentChild[] {
  return body.map((node) => (typeof node === 'string' ? node : node ? elementView(node) : null))
}
