export { sqliteApplications } from './applications.ts'
export type { SqliteOptions } from './engine.ts'
export { sqliteEngine } from './engine.ts'
