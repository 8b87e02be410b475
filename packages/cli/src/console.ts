import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the console's pages; undefined where they have not been built, as in a fresh checkout of the sources. */
export function consoleFolder(): string | undefined {
  const folder = new URL('dist/', import.meta.resolve('@weir/console/package.json'))
  return existsSync(new URL('index.html', folder)) ? fileURLToPath(folder) : undefined
}
