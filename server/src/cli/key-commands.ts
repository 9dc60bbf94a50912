import { type Command, Option } from 'commander'
import { createApiKey } from '../auth/api-keys.ts'
import type { KeyScope } from '../auth/caller.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { apiKeys } from '../db/tables.ts'
import { slugArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import { type Shown, table } from './shown.ts'
import { theSite } from './the-site.ts'

const SCOPES: readonly KeyScope[] = ['write', 'moderate', 'admin']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function keyCommands(program: Command, run: Run): void {
  const key = program.command('key').description('API keys of a site, for its own programs')

  key
    .command('create')
    .description('make a key and print it, this once')
    .argument('<site>', 'the site', slugArgument)
    .addOption(new Option('--scope <scope>', 'what it may do').choices(SCOPES).makeOptionMandatory())
    .option('--name <name>', 'what it is for', '')
    .action(run(create))

  key
    .command('list')
    .description('show the keys of a site, without what opens')
    .argument('<site>', 'the site', slugArgument)
    .action(run(list))

  key
    .command('revoke')
    .description('refuse a key from now on (within 5 seconds)')
    .argument('<site>', 'the site', slugArgument)
    .argument('<id>', "the key's id, as listed")
    .action(run(revoke))
}

async function create(
  { database }: Session,
  slug: string,
  { scope, name }: { scope: KeyScope; name: string },
): Promise<Shown> {
  const site = await theSite(database, slug)
  const made = await createApiKey(database, site.id, scope, name)
  return { text: made.key, json: { site: slug, id: made.id, scope, name, key: made.key } }
}

async function list({ database }: Session, slug: string): Promise<Shown> {
  const site = await theSite(database, slug)
  const found = await database.db
    .select({
      id: apiKeys.id,
      scope: apiKeys.scope,
      name: apiKeys.name,
      createdAt: apiKeys.createdAt,
      revokedAt: apiKeys.revokedAt,
    })
    .from(apiKeys)
    .where(eq(apiKeys.siteId, site.id))
    .orderBy(apiKeys.createdAt)
  const rows = found.map((row) => [row.id, row.scope, row.revokedAt ? 'revoked' : 'in use', row.name])
  return { text: table(['id', 'scope', 'state', 'name'], rows), json: found }
}

async function revoke({ database }: Session, slug: string, id: string): Promise<Shown> {
  const site = await theSite(database, slug)
  const mine = and(eq(apiKeys.siteId, site.id), eq(apiKeys.id, id), isNull(apiKeys.revokedAt))
  const done = UUID.test(id)
    ? await database.db
        .update(apiKeys)
        .set({ revokedAt: new Date() })
        .where(mine)
        .returning({ id: apiKeys.id })
    : []
  if (done.length === 0) throw new Failure(`${slug} has no key ${id} in use.`)
  return { text: `Revoked ${id}`, json: { id, revoked: true } }
}
