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

/** The address where it is absolute and of a scheme that only leads somewhere, else undefined. */
function safeHref(href: string | undefined): string | undefined {
  try {
    const url = new URL(href as string)
    if (/^(https?|mailto):$/.test(url.protocol)) return url.href
  } catch {}
  return undefined
}

/** Attributes of the elements that have any; undefined where the element may not be made. What reads in a direction of its own finds it and is isolated from its neighbours. */
function attributes(tag: string, { href, start }: BodyElement): object | undefined {
  switch (tag) {
    case 'a': {
      const safe = safeHref(href)
      return safe === undefined
        ? safe
        : { href: safe, target: '_blank', rel: 'ugc nofollow noopener noreferrer', dir: 'auto' }
    }
    case 'ol':
      return { start: Number(start) || undefined }
    case 'pre':
      return { dir: 'ltr', tabIndex: 0 }
    default:
      return /^[pb]|^li/.test(tag) && tag !== 'br' ? { dir: 'auto' } : {}
  }
}

function elementView(node: BodyElement): ComponentChild {
  const { type, ordered } = node
  const children = node.children && bodyView(node.children)
  const tag = Object.hasOwn(TAGS, type) && (type === 'list' && ordered ? 'ol' : TAGS[type])
  const having = tag && attributes(tag, node)
  if (!having) return children
  return h(tag, having, tag === 'br' ? null : tag === 'pre' ? h('code', null, children) : children)
}

/**
 * A body as Preact nodes, for the widget, the dashboard and the server's page alike. Text becomes text nodes and only
 * that; an element of an unknown type shows its children; a link whose address is not `http`, `https` or `mailto`
 * shows its words.
 */
export function bodyView(body: readonly BodyNode[]): ComponentChild[] {
  return body.map((node) => (typeof node === 'string' ? node : elementView(node)))
}
