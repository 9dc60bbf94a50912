import type { MistakeReport } from '@halley/shared'

/** Of one page, so that a mistake in each drawing tells of itself a few times only. */
let left = 3

/** Tells our server of a mistake of ours: its kind, and where in our files it was. Never its text, which may be people's. */
export function report(error: unknown): void {
  if (left-- <= 0) return
  const { name = '', stack = '' } = (error instanceof Error ? error : {}) as Partial<Error>
  const body: MistakeReport = {
    release: RELEASE,
    code: /^[A-Z][A-Za-z]{0,40}$/.test(name) ? name : 'Error',
    at: (stack.match(/[\w-]{1,60}\.js:\d+:\d+/g) ?? []).slice(0, 10),
  }
  fetch(import.meta.url.replace(/assets\/[^/]*$/, 'v1/faults'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {})
}

let listens = false

/** Of pages that are measured, mistakes outside of drawing as well: those of our files, never the host page's own. */
export function reportUncaught(base: string): void {
  if (listens) return
  listens = true
  addEventListener('error', ({ error, filename }) => {
    if (filename.startsWith(`${base}assets/`)) report(error)
  })
  addEventListener('unhandledrejection', ({ reason }) => {
    if (reason instanceof Error && reason.stack?.includes(`${base}assets/`)) report(reason)
  })
}
