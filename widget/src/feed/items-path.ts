export interface PageAsk {
  readonly before?: string
  readonly after?: string
  readonly around?: string
}

/** Rows of a page that is asked for later: drawing 50 was one task of up to 46 ms, and they were there no sooner. */
export const PAGE_ITEMS = 25

/**
 * The address of a page below its room. `altered` makes it another one after every removal and edit, so that no
 * cache can answer with what was taken down. The newest page with which a feed begins is another one, of 50 items and
 * the same for all: the loader asks for it.
 */
export function itemsPath(ask: PageAsk, altered: number, staff: boolean): string {
  const query = new URLSearchParams({
    ...ask,
    limit: `${PAGE_ITEMS}`,
    ...(altered > 0 && { altered: `${altered}` }),
    ...(staff && { view: 'staff' }),
  })
  return `/items?${query}`
}
