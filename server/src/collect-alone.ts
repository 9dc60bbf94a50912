import { availableParallelism } from 'node:os'

/** V8's flag by which garbage is collected by the thread that made it, without helpers. */
const ALONE = '--single-threaded-gc'

/**
 * Node's arguments for each of so many processes that share so many cores. Where a process has about one core, V8's
 * helpers would take it from the very thread that they are to relieve: while they mark, everybody waits three times as
 * long (cold pages at 500 a second: p99 62 ms with them, 27 ms without).
 */
export function argumentsFor(processes: number, cores = availableParallelism()): string[] {
  const given = process.execArgv.filter((argument) => argument !== ALONE)
  return cores / processes < 2 ? [...given, ALONE] : given
}

/**
 * Begins this process anew where it has one core and was not started for that: in its place, with the same id,
 * arguments and open files. Not where a parent talks to it over a channel, which would be lost (a worker is started
 * rightly by its primary process), nor where the system has no `execve`.
 */
export function collectAlone(): void {
  const given = argumentsFor(1)
  if (!given.includes(ALONE) || process.execArgv.includes(ALONE) || process.send || !process.execve) return
  process.execve(process.execPath, [process.execPath, ...given, ...process.argv.slice(1)])
}
