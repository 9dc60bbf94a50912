import { type Command, Option } from 'commander'
import { eq } from '../db/drizzle.ts'
import { sites } from '../db/tables.ts'
import { createSite } from '../rooms/create-site.ts'
import { eraseSite } from '../rooms/erase-site.ts'
import { toSite } from '../rooms/to-room.ts'
import { updateSite } from '../rooms/update-site.ts'
import { originArgument, slugArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import { type Shown, table } from './shown.ts'
import { theSite } from './the-site.ts'

interface Origins {
  readonly origin?: readonly string[]
  readonly anyOrigin?: true
}

const words = (origins: readonly string[]) => (origins.length === 0 ? 'any origin' : origins.join(' '))

function showSite(slug: string, origins: readonly string[]): Shown {
  return { text: `${slug}: pages of ${words(origins)}`, json: { site: slug, origins } }
}

export function siteCommands(program: Command, run: Run): void {
  const site = program.command('site').description('tenants: each has rooms, keys and secrets of its own')
  const origin = () =>
    new Option('--origin <origin>', 'whose pages may post and join; again for more').argParser(originArgument)

  site
    .command('create')
    .description('make a site')
    .argument('<site>', 'its name in addresses', slugArgument)
    .addOption(origin())
    .action(run(create))

  site
    .command('update')
    .description('set the origins whose pages may post and join')
    .argument('<site>', 'the site', slugArgument)
    .addOption(origin())
    .addOption(new Option('--any-origin', 'pages of any origin').conflicts('origin'))
    .action(run(update))

  site
    .command('delete')
    .description('close all its rooms for everybody; tags that are still in pages learn that it has left')
    .argument('<site>', 'the site', slugArgument)
    .option('--erase', 'delete its rooms, items, keys and secrets for good as well')
    .action(run(remove))

  site
    .command('restore')
    .description('bring back a site that was deleted, with whatever was not erased')
    .argument('<site>', 'the site', slugArgument)
    .action(run(restore))

  site.command('list').description('show all sites').action(run(list))
}

async function create({ database }: Session, slug: string, options: Origins): Promise<Shown> {
  const made = await createSite(database, { slug, origins: options.origin ?? [] })
  if (!made) throw new Failure(`There is a site ${slug} already.`)
  return showSite(slug, made.origins)
}

async function update({ database }: Session, slug: string, options: Origins): Promise<Shown> {
  if (!options.origin && !options.anyOrigin) throw new Failure('Say --origin or --any-origin.', true)
  const { id } = await theSite(database, slug)
  await updateSite(database, id, { origins: options.origin ?? [] })
  return showSite(slug, options.origin ?? [])
}

async function anySite({ database }: Session, slug: string) {
  const [row] = await database.db.select().from(sites).where(eq(sites.slug, slug))
  if (!row) throw new Failure(`There is no site ${slug}.`)
  return toSite(row)
}

async function remove(session: Session, slug: string, { erase }: { readonly erase?: true }): Promise<Shown> {
  const { id } = await anySite(session, slug)
  await updateSite(session.database, id, { gone: true })
  if (erase) await eraseSite(session.database, id)
  const text = erase
    ? `${slug} and all that it held are deleted.`
    : `${slug} is deleted; site restore ${slug} brings it back.`
  return { text, json: { site: slug, gone: true, erased: erase === true } }
}

async function restore(session: Session, slug: string): Promise<Shown> {
  const { id, origins } = await anySite(session, slug)
  await updateSite(session.database, id, { gone: false })
  return showSite(slug, origins)
}

async function list({ database }: Session): Promise<Shown> {
  const rows = await database.db.select().from(sites).orderBy(sites.slug)
  return {
    text: table(
      ['site', 'origins'],
      rows.map((row) => [row.slug, row.goneAt ? 'deleted' : words(row.origins)]),
    ),
    json: rows.map(({ slug, origins, createdAt, goneAt }) => ({ site: slug, origins, createdAt, goneAt })),
  }
}
