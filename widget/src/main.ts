export { countRoom as count } from './feed/count-room.ts'
export { mount } from './feed/mount.tsx'
