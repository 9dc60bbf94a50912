import { setupOf } from './setup.ts'

export default setupOf('databaseUrl', 'redisUrl')
