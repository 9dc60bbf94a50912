/**
 * Milliseconds for which keys and secrets go on working as they were last found while they cannot be looked up: what is
 * revoked during an outage of the database works until it ends, or for so long.
 */
export const STALE_MS = 600_000
