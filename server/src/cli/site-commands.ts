import { type Command, Option } from 'commander'
import { sites } from '../db/tables.ts'
import { createSite } from '../rooms/create-site.ts'
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

async function list({ database }: Session): Promise<Shown> {
  const rows = await database.db.select().from(sites).orderBy(sites.slug)
  return {
    text: table(
      ['site', 'origins'],
      rows.map((row) => [row.slug, words(row.origins)]),
    ),
    json: rows.map(({ slug, origins, createdAt }) => ({ site: slug, origins, createdAt })),
  }
}
