import { execFile } from 'node:child_process'
import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')
const web = 'examples/web'

/** What pages are built from, beside what lies in their own folders. */
const shared = ['packages/core/src/client/**']

/**
 * The folder of the applications' pages, built when a source is newer than they are; the console's pages, too.
 *
 * @example await run(apps, { pages: builtPages })
 */
export async function builtPages(): Promise<string> {
  for (const folder of [web, 'packages/console']) if (isStale(folder)) await rebuild(folder)
  return join(root, web, 'dist')
}

function isStale(folder: string): boolean {
  const built = join(root, folder, 'dist/index.html')
  if (!existsSync(built)) return true
  const builtAt = statSync(built).mtimeMs
  const own = ['src/**', 'public/**', 'index.html', '*.config.*', 'package.json'].map((glob) => join(folder, glob))
  return globSync([...own, ...shared], { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > builtAt)
}

/**
 * Built beside what is served, so that a server that runs already never finds half of it; and in a process of its own,
 * since Vite puts all that is around it into production.
 */
async function rebuild(folder: string): Promise<void> {
  process.stderr.write(`Building the pages of ${folder} …\n`)
  const [next, dist] = [`next/${process.pid}`, 'dist'].map((name) => join(root, folder, name)) as [string, string]
  const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  const options = ['--outDir', next, '--emptyOutDir', '--logLevel', 'warn']
  // What runs tests is no production, and Svelte would be built for development.
  const env = { ...process.env, NODE_ENV: 'production' }
  await promisify(execFile)(process.execPath, [vite, 'build', ...options], { cwd: join(root, folder), env })
  swap(next, dist)
}

/** Another process may do the same at the same moment; what it has built is as good. */
function swap(next: string, dist: string): void {
  try {
    rmSync(dist, { recursive: true, force: true })
    renameSync(next, dist)
  } catch (error) {
    if (!existsSync(dist)) throw error
    rmSync(next, { recursive: true, force: true })
  }
}
