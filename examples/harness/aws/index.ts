export { historyOn } from './history.ts'
export type { CloudServer } from './serve-on-aws.ts'
export { serveOnAws } from './serve-on-aws.ts'
