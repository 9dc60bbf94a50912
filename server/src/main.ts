import { collectAlone } from './collect-alone.ts'

// Before anything else is loaded: it may begin this process anew.
collectAlone()
await import('./run.ts')
