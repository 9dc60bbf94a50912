// Names of our own in widget/src that nobody outside of it sees, which the build therefore shortens. They are listed
// by hand, so that nothing is shortened by accident; a name is the same in every file of the build. Never listed are
// names of the wire, of the page, of words, and of what host pages set or hear.

const NAMES = `
props setting actions outbox dom identity arrivals setState told vnode row inside componentDidMount redraw guest turn area chunks hear followers
componentDidUpdate memory signedIn setOutbox attached renew showNewest forget toNewest drawn dismiss timer follow identify emit openAround
linkTo listeners busy stretch timeline viewport component loaded draw waiting flush
shouldComponentUpdate componentWillUnmount componentDidCatch buttonTop clean announce unfollow newestSeq take skip countOnly
broken getSnapshotBeforeUpdate fetchEditor choices tick works steady awake aside covered knowsBetter loadMore showNow makeToken
kept edge again heard receive reached picture hold locale options cursor place ended current keep group
arrived onReading remember jumps elements asking tooMany
`
  .trim()
  .split(/\s+/)

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** A letter, then a letter with a digit behind it: nothing else in the build is named like that. */
function shortName(at: number): string {
  const round = Math.floor(at / LETTERS.length)
  return `${LETTERS[at % LETTERS.length]}${round || ''}`
}

/** From each name to its short one; depends on nothing but the list, because files of one build may come from different caches. */
export const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  NAMES.map((name, at) => [name, shortName(at)]),
)
