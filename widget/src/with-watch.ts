type Watch = typeof import('./watch/watch.ts')

/** For what few pages do: confirm what they draw, tell of mistakes. Where it cannot be had nothing is done. */
export const withWatch = <Name extends keyof Watch>(name: Name, ...about: Parameters<Watch[Name]>): void => {
  import('./watch/watch.ts').then(
    (watch) => (watch[name] as (...about: unknown[]) => unknown)(...about),
    () => {},
  )
}
