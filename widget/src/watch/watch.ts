export { confirm } from './confirm.ts'
export { darken } from './dark.ts'
export { report } from './report.ts'
