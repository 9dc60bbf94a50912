import { type ComponentChild, h } from 'preact'
import type { BodyElement, BodyElementType, BodyNode } from './body.ts'

/** The only elements that a body can become. */
const TAGS: Readonly<Record<BodyElementType, string>> = {
  paragraph: 'p',
  quote: 'blockquote',
  list: 'ul',
  'list-item': 'li',
  'code-block': 'pre',
  strong: 'strong',
  emphasis: 'em',
  strike: 's',
  code: 'code',
  link: 'a',
  break: 'br',
}

const LINK = { target: '_blank', rel: 'ugc nofollow noopener noreferrer', dir: 'auto' }

/** The address where it is absolute and of a scheme that only leads somewhere, else undefined. */
function safeHref(href: string | undefined): string | undefined {
  try {
    const url = new URL(href as string)
    if (/^(https?|mailto):$/.test(url.protocol)) return url.href
  } catch {}
  return undefined
}

/** What stands in a direction of its own finds it, and is isolated from its neighbours; code reads from left to right. */
function elementView({ type, ordered, start, href, children: inside }: BodyElement): ComponentChild {
  const children = inside && bodyView(inside)
  const tag = Object.hasOwn(TAGS, type) && (type === 'list' && ordered ? 'ol' : TAGS[type])
  const safe = tag === 'a' ? safeHref(href) : ''
  if (!tag || safe === undefined) return children
  if (tag === 'br') return h(tag, null)
  if (tag === 'pre') return h(tag, { dir: 'ltr', tabIndex: 0 }, h('code', null, children))
  if (tag === 'ol') return h(tag, { start }, children)
  if (tag === 'a') return h(tag, { href: safe, ...LINK }, children)
  return h(tag, /^[pb]|^li/.test(tag) ? { dir: 'auto' } : null, children)
}

/**
 * A body as Preact nodes, for the widget, the dashboard and the server's page alike. Text becomes text nodes and only
 * that; an element of an unknown type shows its children; a link whose address is not `http`, `https` or `mailto`
 * shows its words.
 */
export function bodyView(body: readonly BodyNode[]): ComponentChild[] {
  return body.map((node) => (typeof node === 'string' ? node : elementView(node)))
}
