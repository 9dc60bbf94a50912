/** The address of an item on this page; in full, because `<base>` leads bare fragments elsewhere. */
export const linkTo = (id: string): string => `${location.href.split('#')[0]}#halley-${id}`
