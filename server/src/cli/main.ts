import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { epochCommands } from './epoch-commands.ts'
import { Failure } from './failure.ts'
import { keyCommands } from './key-commands.ts'
import { addReplay } from './replay-command.ts'
import { roomCommands } from './room-commands.ts'
import { makeRun } from './run.ts'
import { secretCommands } from './secret-commands.ts'
import { siteCommands } from './site-commands.ts'
import { tokenCommands } from './token-commands.ts'

const WRONG_USE = 2
const FAILED = 1

function makeProgram(): Command {
  const program = new Command('halley')
    .description('Runs sites, rooms and keys; beside a running server, or without one.')
    .option('--json', 'answer as JSON')
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
  const run = makeRun(program)
  for (const add of [siteCommands, roomCommands, keyCommands, secretCommands, tokenCommands, epochCommands]) {
    add(program, run)
  }
  addReplay(program)
  return program
}

/** Says what went wrong in one line, and how to exit. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE
  const expected = error instanceof Failure || error instanceof ConfigError
  const text = error instanceof Error ? error.message || error.name : String(error)
  process.stderr.write(`halley: ${expected ? '' : 'failed: '}${text.split('\n', 1)[0]}\n`)
  return error instanceof Failure && error.wrongUse ? WRONG_USE : FAILED
}

try {
  await makeProgram().parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
