/** For what few pages do: confirm what they draw, tell of mistakes, rehearse. Where it cannot be had nothing is done. */
export const withWatch = (then: (watch: typeof import('./watch/watch.ts')) => unknown): void => {
  import('./watch/watch.ts').then(then).catch(() => {})
}
