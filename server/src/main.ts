import { fitOneCore } from './one-core.ts'

// Before anything else is loaded: it may begin this process anew.
fitOneCore()
await import('./run.ts')
