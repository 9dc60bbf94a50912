import { RoomAddress } from '@halley/shared'
import { type Command, InvalidArgumentError } from 'commander'
import { Value } from 'typebox/value'
import { loadConfig } from '../config.ts'
import type { Surroundings } from './halley.ts'
import { type ReplayCounts, replayFile } from './replay.ts'

interface Options {
  readonly room: string
  readonly speed: number
  readonly url?: string
  readonly key?: string
}

/** Adds `halley replay FILE --room SITE/ROOM` to the program. */
export function addReplay(program: Command, { env, out, err }: Surroundings): void {
  program
    .command('replay')
    .argument('<file>', 'JSON Lines: t (milliseconds), author, text')
    .description('Play a recorded conversation into a room')
    .requiredOption('--room <site/room>', 'the room', roomOf)
    .option('--speed <n>', 'times faster than it was; 0 or "max": as fast as the room takes it', speedOf, 1)
    .option('--url <url>', 'the server (default: the one that these settings start)')
    .option('--key <key>', 'an API key of the site; without one the authors post as guests')
    .action(async (file: string, options: Options, command: Command) => {
      const { key, room, speed } = options
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      const url = options.url ?? defaultUrl(env)
      const began = performance.now()
      const counts = await replayFile(
        file,
        { room, speed, url, ...(key && { key }) },
        json ? undefined : (so) => show(so, err),
      )
      const seconds = Math.round(performance.now() - began) / 1000
      const told = `${counts.posted} posted in ${seconds} s${notNew(counts)}`
      out(`${json ? JSON.stringify({ room, ...counts, seconds }) : told}\n`)
    })
}

function defaultUrl(env: NodeJS.ProcessEnv | undefined): string {
  const { publicUrl, port } = loadConfig(env)
  return publicUrl ?? `http://127.0.0.1:${port}`
}

function notNew({ already, held }: ReplayCounts): string {
  return `${already > 0 ? `, ${already} were there` : ''}${held > 0 ? `, ${held} held` : ''}`
}

function show({ lines, posted, already, held }: ReplayCounts, err: (text: string) => void): void {
  const done = posted + already + held
  if (process.stderr.isTTY) err(done === lines ? '\r\x1b[K' : `\r${done} of ${lines}`)
  else if (done % 1000 === 0) err(`${done} of ${lines}\n`)
}

function roomOf(text: string): string {
  if (!Value.Check(RoomAddress, text)) throw new InvalidArgumentError('It is written as site/room.')
  return text
}

function speedOf(text: string): number {
  if (text === 'max') return 0
  const speed = Number(text)
  if (text.trim() === '' || !(speed >= 0) || speed === Infinity) {
    throw new InvalidArgumentError('It is a number from 0 on, or "max".')
  }
  return speed
}
