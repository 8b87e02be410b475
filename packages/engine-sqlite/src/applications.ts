import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isForeign } from './open.ts'

/**
 * The applications that have a store in a folder, by name. Databases of other programs, such as those that services keep
 * beside the stores, are passed over; a file that is damaged, or no database, is not: whoever opens it says so.
 *
 * @example
 * sqliteApplications('data') // ['box-office', 'helpdesk']
 */
export function sqliteApplications(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((file) => file.endsWith('.db') && isStore(join(directory, file)))
    .map((file) => file.slice(0, -'.db'.length))
    .sort()
}

function isStore(path: string): boolean {
  return statSync(path).isFile() && !isForeign(path)
}
