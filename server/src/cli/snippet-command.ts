import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { type RoomArgument, roomArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import type { Shown } from './shown.ts'
import { theRoom } from './the-site.ts'

const BUILT = new URL('../../../widget/dist/', import.meta.url)

export function snippetCommand(program: Command, run: Run): void {
  program
    .command('snippet')
    .description('print the tag that puts a room on a page')
    .argument('<site/room>', 'the room', roomArgument)
    .option('--pinned', 'of this very release: the browser refuses any other content')
    .action(run(snippet))
}

async function snippet(
  { database, config }: Session,
  address: RoomArgument,
  { pinned }: { pinned?: true },
): Promise<Shown> {
  const room = (await theRoom(database, address)).address
  const home = new URL(`${config.publicUrl ?? `http://127.0.0.1:${config.port}`}/`)
  if (!pinned) {
    const src = new URL('halley.js', home).href
    return { text: `<script async src="${src}" data-room="${room}"></script>`, json: { room, src } }
  }
  const { name, integrity } = await loader()
  const src = new URL(name, home).href
  const check = `integrity="${integrity}" crossorigin="anonymous"`
  return {
    text: `<script async src="${src}" ${check} data-room="${room}"></script>`,
    json: { room, src, integrity },
  }
}

/** The loader of the newest build, under its own name, and what a browser is to check it against. */
async function loader(): Promise<{ name: string; integrity: string }> {
  const names = await readdir(BUILT).catch(() => [])
  const name = names.find((file) => /^halley-\w+\.js$/.test(file))
  if (!name) throw new Failure('The widget has not been built: run "npx pnpm@12 build" first.')
  const text = await readFile(new URL(name, BUILT))
  return { name, integrity: `sha384-${createHash('sha384').update(text).digest('base64')}` }
}
