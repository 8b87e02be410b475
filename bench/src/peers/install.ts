import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the peers' packages are: outside of the workspaces, with a lock file of their own. */
const peersFolder = join(import.meta.dirname, '../../peers')

/** Emmett's packages name versions of each other that are not published together. */
const OPTIONS = ['ci', '--legacy-peer-deps', '--no-audit', '--no-fund']

const TELL_EVERY_MS = 15_000

/** Installs the peers' packages when they are not there as the lock file has them. */
export async function installPeers(say: (what: string) => void): Promise<void> {
  const lock = join(peersFolder, 'package-lock.json')
  const installed = join(peersFolder, 'node_modules', '.installed-lock.json')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return
  say(`Installing the peers' packages into bench/peers, once: npm downloads them, then sqlite3 is compiled.
That needs a C++ compiler, make and Python, and takes one to three minutes.`)
  const start = Date.now()
  const seconds = () => Math.round((Date.now() - start) / 1000)
  const tick = setInterval(() => say(`  still installing, ${seconds()} s`), TELL_EVERY_MS)
  try {
    await install()
  } finally {
    clearInterval(tick)
  }
  writeFileSync(installed, readFileSync(lock))
  say(`Installed in ${seconds()} s.`)
}

async function install(): Promise<void> {
  const npm = spawn('npm', OPTIONS, {
    cwd: peersFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  const [code] = await once(npm, 'exit')
  if (code !== 0) throw new Error(`The peers could not be installed: try 'npm ${OPTIONS.join(' ')}' in bench/peers.`)
}

/** The version of one of the peers' packages that is installed. */
export function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(peersFolder, 'node_modules', name, 'package.json'), 'utf8')).version
}
