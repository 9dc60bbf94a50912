import type { Command } from 'commander'
import { createSiteSecret } from '../auth/site-secrets.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { siteSecrets } from '../db/tables.ts'
import { slugArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import { type Shown, table } from './shown.ts'
import { theSite } from './the-site.ts'

export function secretCommands(program: Command, run: Run): void {
  const secret = program
    .command('secret')
    .description("secrets with which a site's own server signs its users in (JWT, HS256)")

  secret
    .command('create')
    .description('make a secret and print its kid and itself, this once; a second one lets you change over')
    .argument('<site>', 'the site', slugArgument)
    .option('--allow-roles', 'tokens may name staff: owner, admin, moderator, author', false)
    .action(run(create))

  secret
    .command('list')
    .description('show the secrets of a site, without themselves')
    .argument('<site>', 'the site', slugArgument)
    .action(run(list))

  secret
    .command('revoke')
    .description('refuse tokens signed with a secret from now on (within 5 seconds)')
    .argument('<site>', 'the site', slugArgument)
    .argument('<kid>', "the secret's kid, as listed")
    .action(run(revoke))
}

async function create(
  { database, secretBox }: Session,
  slug: string,
  { allowRoles }: { allowRoles: boolean },
): Promise<Shown> {
  const site = await theSite(database, slug)
  const made = await createSiteSecret(database, await secretBox(), site.id, allowRoles)
  return { text: `kid     ${made.kid}\nsecret  ${made.secret}`, json: { site: slug, ...made } }
}

async function list({ database }: Session, slug: string): Promise<Shown> {
  const site = await theSite(database, slug)
  const found = await database.db
    .select({
      kid: siteSecrets.id,
      allowRoles: siteSecrets.allowRoles,
      createdAt: siteSecrets.createdAt,
      revokedAt: siteSecrets.revokedAt,
    })
    .from(siteSecrets)
    .where(eq(siteSecrets.siteId, site.id))
    .orderBy(siteSecrets.createdAt)
  const rows = found.map((row) => [
    row.kid,
    row.allowRoles ? 'yes' : 'no',
    row.revokedAt ? 'revoked' : 'in use',
  ])
  return { text: table(['kid', 'roles', 'state'], rows), json: found }
}

async function revoke({ database }: Session, slug: string, kid: string): Promise<Shown> {
  const site = await theSite(database, slug)
  const done = await database.db
    .update(siteSecrets)
    .set({ revokedAt: new Date() })
    .where(and(eq(siteSecrets.siteId, site.id), eq(siteSecrets.id, kid), isNull(siteSecrets.revokedAt)))
    .returning({ kid: siteSecrets.id })
  if (done.length === 0) throw new Failure(`${slug} has no secret ${kid} in use.`)
  return { text: `Revoked ${kid}`, json: { kid, revoked: true } }
}
