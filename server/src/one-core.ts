import { availableParallelism } from 'node:os'

/** Node's option for how many threads V8 may have for marking garbage and compiling; four where nothing is said. */
const HELPERS = '--v8-pool-size'
/** For whatever has one core. */
export const ONE_HELPER = `${HELPERS}=1`
/** What Node throws on Windows and IBM i, where the function is there all the same. */
const NO_EXECVE = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'

/**
 * Node's arguments for each of so many processes that share so many cores. Where a process has about one core, V8's
 * helpers take it from the very thread that they are to relieve: four of them leave it a fifth while they mark, one
 * leaves it half (cold pages at 500 a second: p99 60 and 40 ms; arrivals cost the same). Without any, arrivals cost a
 * fifth more.
 */
export function argumentsFor(processes: number, cores = availableParallelism()): string[] {
  const given = process.execArgv
  const isChosen = given.some((argument) => argument.startsWith(HELPERS))
  return isChosen || cores / processes >= 2 ? given : [...given, ONE_HELPER]
}

/**
 * Begins this process anew where it has one core and was not started for that: in its place, with the same id,
 * arguments and open files. Not where a parent talks to it over a channel, which would be lost (a worker is started
 * rightly by its primary process), nor where the system has no `execve`.
 */
export function fitOneCore(): void {
  const fitting = argumentsFor(1)
  if (fitting.length === process.execArgv.length || process.send) return
  try {
    process.execve?.(process.execPath, [process.execPath, ...fitting, ...process.argv.slice(1)])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== NO_EXECVE) throw error
  }
}
