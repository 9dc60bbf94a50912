export interface PageAsk {
  readonly before?: string
  readonly after?: string
  readonly around?: string
}

/** Rows of a page: twice as many were one task of up to 46 ms where they are drawn, and no sooner there. */
export const PAGE_ITEMS = 25

/**
 * The address of a page below its room. `altered` makes it another one after every removal and edit, so that no
 * cache can answer with what was taken down; the newest page of an unaltered room stays the one that all share.
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
