// Names of our own in widget/src that nobody outside of it sees, which the build therefore shortens. They are listed
// by hand, so that nothing is shortened by accident; a name is the same in every file of the build. Never listed are
// names of the wire, of the page, of words, and of what host pages set or hear. Their order is the one of many thousands
// that were tried which compresses best; a new one goes to the end.

const NAMES = `
rung dom setting timeline props vnode when outbox row cursor told draw actions options chunks group tooMany edge
stretch transport identity reading arrivals again inside ended guest picture place elements next onReading emit jumps
connection broken say openAround ladder viewport timer kept signedIn full take gone begin waiting hear hold remember
componentDidCatch redraw element current toNewest put component skip attached loaded aside update
shouldComponentUpdate beyond componentDidMount identify reached newestSeq low locale receive clean writing
componentDidUpdate setState heard forget showAll tick covered countOnly steady high listeners unfollow makeToken drop
getSnapshotBeforeUpdate drawn follow knowsBetter choices dismiss renew works showNewest reversed tell flush buttonTop
loadMore keep componentWillUnmount followers label memory asking turn announce arrived area awake busy fetchEditor
onFocusOut onScroll menu hint posted buttons meet made
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
