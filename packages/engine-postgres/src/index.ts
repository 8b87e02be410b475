export type { PostgresOptions } from './engine.ts'
export { postgresEngine } from './engine.ts'
export type { MigrateOptions } from './migrate.ts'
export { migratePostgres } from './migrate.ts'
