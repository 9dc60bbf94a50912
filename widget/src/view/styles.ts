/** The look of a feed: one sheet, shared by every feed on the page. */
export const STYLES = `:host{display:block}`
