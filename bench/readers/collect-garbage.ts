// Loaded into the product with `--import`, so that what a reader costs is told from what waits to be collected, and from
// what V8 holds ready: of the last resort, a collection gives back all that is free.
process.on('SIGUSR2', () => {
  const options = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const
  for (let time = 0; time < 2; time++)
    (globalThis.gc as ((how: typeof options) => void) | undefined)?.(options)
})
