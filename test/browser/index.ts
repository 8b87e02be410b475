export { type Barrier, barriers } from './barriers.ts'
export { openBrowser } from './chromium.ts'
