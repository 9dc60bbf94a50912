import type { BaseLogger } from 'pino'

/** What parts write to; pino's and Fastify's loggers are such. */
export type Logger = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>
