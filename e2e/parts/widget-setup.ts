import { setupOf } from './setup.ts'

export default setupOf('chromium')
