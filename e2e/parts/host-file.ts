import { readFileSync } from 'node:fs'
import { type HostPage, hostPage } from './host-page.ts'

/** What the pages in `e2e/hosts` name in double braces. */
interface HostWords {
  /** Where the server is, without a slash at the end. */
  readonly halley: string
  readonly room?: string
  /** Rooms of the page with many feeds, one feed each. */
  readonly feeds?: readonly string[]
}

export type HostName = 'plain' | 'strict' | 'unset' | 'many'

/** A page of `e2e/hosts`, as a site owner serves it; `strict` with the strictest policy that a page can have. */
export function hostFile(name: HostName, words: HostWords): Promise<HostPage> {
  const { halley, room = '', feeds = [] } = words
  const tags = feeds.map((address) => `<halley-feed room="${address}" data-height="120px"></halley-feed>`)
  const html = readFileSync(new URL(`../hosts/${name}.html`, import.meta.url), 'utf8')
    .replaceAll('{{halley}}', halley)
    .replaceAll('{{room}}', room)
    .replaceAll('{{feeds}}', tags.join('\n'))
  return hostPage(html, name === 'strict' ? { 'content-security-policy': strictPolicy(halley) } : {})
}

/** Nothing but the server, no inline code or style, and no text that becomes code. */
function strictPolicy(halley: string): string {
  const socket = halley.replace(/^http/, 'ws')
  const policy = ["default-src 'none'", `script-src ${halley}`, `connect-src ${halley} ${socket}`]
  return [...policy, "require-trusted-types-for 'script'", "trusted-types 'none'"].join('; ')
}
