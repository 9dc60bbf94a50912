import { expect, test } from 'vitest'
import { testApp } from '../test-app.ts'
import { SecretBox } from './secret-box.ts'
import { createSiteSecret } from './site-secrets.ts'
import { signSiteToken } from './site-token.ts'

const { app, database, ...make } = await testApp()

test('TOKEN6 a token of a secret that was sealed with another key is not valid, and others of the site are', async () => {
  const site = await make.site()
  const room = await make.room(site)
  const former = new SecretBox('what SECRET_KEY was before it was changed')
  const secret = await createSiteSecret(database, former, site.id, false)
  const lost = `Bearer ${await signSiteToken(secret, site.slug, { sub: 'ada', name: 'Ada' })}`
  const read = (authorization: string) =>
    app.inject({ url: `/v1/rooms/${room.address}`, headers: { authorization } })
  const refused = await read(lost)
  expect([refused.statusCode, refused.json().code]).toEqual([401, 'token-invalid'])
  expect((await read(await make.user(site))).statusCode).toBe(200)
})
