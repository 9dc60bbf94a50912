// What is fetched where WebSockets do not get through.
export { openPoll } from './poll.ts'
export { openStream } from './stream.ts'
