import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { addBackups } from './backup-commands.ts'
import { epochCommands } from './epoch-commands.ts'
import { Failure } from './failure.ts'
import { keyCommands } from './key-commands.ts'
import { addReplay } from './replay-command.ts'
import { roomCommands } from './room-commands.ts'
import { makeRun } from './run.ts'
import { secretCommands } from './secret-commands.ts'
import { siteCommands } from './site-commands.ts'
import { snippetCommand } from './snippet-command.ts'
import { spoolCommands } from './spool-commands.ts'
import { tokenCommands } from './token-commands.ts'
import { transferCommands } from './transfer-commands.ts'

const WRONG_USE = 2
const FAILED = 1

/** Where a command line finds its settings, and where it says what. */
export interface Surroundings {
  /** Undefined: those of the process. */
  readonly env?: NodeJS.ProcessEnv
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

function makeProgram(surroundings: Surroundings): Command {
  const { env, out, err } = surroundings
  const program = new Command('halley')
    .description('Runs sites, rooms and keys; beside a running server, or without one.')
    .option('--json', 'answer as JSON')
    .showHelpAfterError('(--help shows what there is)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride()
  const run = makeRun(program, out, env)
  for (const add of [
    siteCommands,
    roomCommands,
    keyCommands,
    secretCommands,
    tokenCommands,
    epochCommands,
    spoolCommands,
    snippetCommand,
    transferCommands,
  ]) {
    add(program, run)
  }
  addReplay(program, surroundings)
  addBackups(program, surroundings)
  return program
}

/** Runs one command; resolves with how to exit: 0, 1 where it could not be done, 2 where it was asked wrongly. */
export async function halley(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    await makeProgram(surroundings).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE
    const expected = error instanceof Failure || error instanceof ConfigError
    const text = error instanceof Error ? error.message || error.name : String(error)
    surroundings.err(`halley: ${expected ? '' : 'failed: '}${text.split('\n', 1)[0]}\n`)
    return error instanceof Failure && error.wrongUse ? WRONG_USE : FAILED
  }
}
