export type { ServiceContext, ServiceSupply } from './apps/services.ts'
export type { RunOptions } from './run.ts'
export { run } from './run.ts'
