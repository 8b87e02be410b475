import { postgresEngine } from '@weir/engine-postgres'
import { sqliteEngine } from '@weir/engine-sqlite'
import type { OpenEngine } from 'weir/ports'

/** What works can be measured on. */
export const engineNames = ['sqlite', 'postgres'] as const
export type EngineName = (typeof engineNames)[number]

/**
 * The engine for a place of one's own: see `places.ts`.
 *
 * @param place a folder for SQLite, the URL of a database for PostgreSQL
 */
export function engineAt(place: string): OpenEngine {
  return /^postgres(ql)?:/.test(place) ? postgresEngine({ url: place }) : sqliteEngine({ directory: place })
}
