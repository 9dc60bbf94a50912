import type { StaffRole } from '@halley/shared'
import { type Command, Option } from 'commander'
import { findSiteSecret } from '../auth/site-secrets.ts'
import { signSiteToken } from '../auth/site-token.ts'
import { and, desc, eq, isNull } from '../db/drizzle.ts'
import { siteSecrets } from '../db/tables.ts'
import { slugArgument, wholeArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import type { Shown } from './shown.ts'
import { theSite } from './the-site.ts'

interface TokenOptions {
  readonly sub: string
  readonly name: string
  readonly role?: StaffRole
  readonly avatar?: string
  readonly seconds: number
}

const ROLES: readonly StaffRole[] = ['owner', 'admin', 'moderator', 'author']

export function tokenCommands(program: Command, run: Run): void {
  const token = program
    .command('token')
    .description("sign somebody in as a site's own server would, to try things")

  token
    .command('create')
    .description("print a JWT, signed with the site's newest secret")
    .argument('<site>', 'the site', slugArgument)
    .requiredOption('--sub <id>', "the person's id at the site")
    .requiredOption('--name <name>', 'the name that readers see')
    .addOption(new Option('--role <role>', 'staff (needs a secret that allows roles)').choices(ROLES))
    .option('--avatar <address>', 'address of a picture')
    .option('--seconds <n>', 'for how long', wholeArgument(1, 3600), 3600)
    .action(run(create))
}

async function create(
  { database, secretBox }: Session,
  slug: string,
  { seconds, ...claims }: TokenOptions,
): Promise<Shown> {
  const site = await theSite(database, slug)
  const [row] = await database.db
    .select({ kid: siteSecrets.id })
    .from(siteSecrets)
    .where(
      and(
        eq(siteSecrets.siteId, site.id),
        isNull(siteSecrets.revokedAt),
        claims.role && eq(siteSecrets.allowRoles, true),
      ),
    )
    .orderBy(desc(siteSecrets.createdAt))
    .limit(1)
  const secret = row && (await findSiteSecret(database, await secretBox(), site.id, row.kid))
  const which = claims.role ? ' that allows roles' : ''
  if (!secret) throw new Failure(`${slug} has no secret${which}: make one with "secret create".`)
  const jwt = await signSiteToken(secret, slug, claims, seconds)
  return { text: jwt, json: { site: slug, token: jwt, kid: secret.kid, seconds } }
}
