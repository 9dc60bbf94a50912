import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildWidget } from '../../bin/build-widget.ts'
import { ROOT } from '../../bin/root.ts'
import type { TempFolder } from '../parts/temp-folder.ts'

const PARTS = ['server', 'shared', 'widget', 'bin', 'package.json', 'pnpm-lock.yaml', 'vite.config.ts']

interface Journal {
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[]
}

/**
 * What the release after this one could be, in a folder: a migration that adds, and a widget whose files have other
 * names. Builds that are there are taken along, as docs tell operators to do.
 */
export function nextVersion(folder: TempFolder): string {
  const root = folder.path
  for (const part of PARTS)
    cpSync(join(ROOT, part), join(root, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== 'dist' && basename(path) !== 'data',
    })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  addMigration(join(root, 'server', 'src', 'db', 'migrations'))
  const feed = join(root, 'widget', 'src', 'connection', 'connection.ts')
  const source = readFileSync(feed, 'utf8')
  const changed = source.replace('const GRACE_MS = 1200', 'const GRACE_MS = 1300')
  if (changed === source) throw new Error('the next version of the widget is this one')
  writeFileSync(feed, changed)
  buildWidget(root)
  return root
}

function addMigration(folder: string): void {
  const path = join(folder, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(path, 'utf8')) as Journal
  const last = journal.entries.at(-1)
  if (!last) throw new Error('there is no migration to go on from')
  const tag = `${String(last.idx + 1).padStart(4, '0')}_next_version`
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1000, tag })
  writeFileSync(path, JSON.stringify(journal))
  writeFileSync(
    join(folder, `${tag}.sql`),
    'ALTER TABLE "rooms" ADD COLUMN "of_the_next_version" text;\n--> statement-breakpoint\n' +
      'ALTER TABLE "items" ADD COLUMN "of_the_next_version" text;\n',
  )
}
