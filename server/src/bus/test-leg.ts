/** For tests, as a process of its own: hands everything back to whoever started it, as a channel between two would. */
process.on('message', (message) => process.send?.(message))
