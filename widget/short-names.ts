// Names of our own in widget/src that nobody outside of it sees, which the build therefore shortens. They are listed
// by hand, so that nothing is shortened by accident; a name is the same in every file of the build. Never listed are
// names of the wire, of the page, of words, and of what host pages set or hear.

const NAMES = `
element drawn props locale row setting next place dom arrivals turn timeline vnode stretch component timer options
identity chunks loaded edge say elements told actions outbox draw connection inside kept arrived memory tell ended
rung label signedIn waiting again receive group componentDidMount renew take current put setState followers attached
aside reached hold cursor drop hear identify viewport jumps reading redraw guest componentDidUpdate forget toNewest
openAround clean skip loadMore full showNewest emit busy flush shouldComponentUpdate componentDidCatch
newestSeq broken awake heard keep onReading tooMany begin announce follow componentWillUnmount countOnly
picture when gone reversed low high unfollow tick works steady covered knowsBetter showAll makeToken remember update
listeners getSnapshotBeforeUpdate area dismiss transport ladder buttonTop fetchEditor choices asking writing
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
