import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the peers' packages are: outside of the workspaces, with a lock file of their own. */
const peersFolder = join(import.meta.dirname, '../../peers')

/** Installs the peers' packages when they are not there as the lock file has them. */
export function installPeers(say: (what: string) => void): void {
  const lock = join(peersFolder, 'package-lock.json')
  const installed = join(peersFolder, 'node_modules', '.installed-lock.json')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return
  say('Installing the peers into bench/peers, once; sqlite3 may be compiled (a minute or two) …')
  // Emmett's packages name versions of each other that are not published together.
  const options = ['ci', '--legacy-peer-deps', '--no-audit', '--no-fund']
  try {
    execFileSync('npm', options, { cwd: peersFolder, stdio: ['ignore', 'ignore', 'inherit'] })
  } catch (error) {
    throw new Error(`The peers could not be installed: try 'npm ${options.join(' ')}' in bench/peers`, { cause: error })
  }
  writeFileSync(installed, readFileSync(lock))
}

/** The version of one of the peers' packages that is installed. */
export function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(peersFolder, 'node_modules', name, 'package.json'), 'utf8')).version
}
