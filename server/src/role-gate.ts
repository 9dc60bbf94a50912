import type { FastifyInstance } from 'fastify'
import type { Role } from './config.ts'
import { Problem } from './problem.ts'

/** Registers the routes of one part. */
export type InRole = <T>(role: Role, register: () => T | Promise<T>) => Promise<T>

/**
 * Where another process has a role, its routes are known here and refused: whoever asks learns that the balancer in
 * front has sent them to the wrong place, not that there is nothing. To be made before the first route is.
 */
export function roleGate(app: FastifyInstance, roles: ReadonlySet<Role>): InRole {
  let current: Role | undefined
  app.addHook('onRoute', (route) => {
    if (current === undefined || roles.has(current)) return
    const detail = `This process does not have the role ${current}`
    const refuse = async (): Promise<void> => {
      throw new Problem('role-elsewhere', detail)
    }
    route.onRequest = [refuse, ...[route.onRequest ?? []].flat()]
  })
  return async (role, register) => {
    current = role
    try {
      return await register()
    } finally {
      current = undefined
    }
  }
}
