import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chmodSync, constants, mkdtempSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './port.ts'

/** A PgBouncer that gives each transaction another connection. */
export interface Pooler {
  /** The same database, through the pooler. */
  readonly url: string
  stop(): Promise<void>
}

/** Where PgBouncer is on this machine; undefined when it is not installed. */
export function findPooler(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, 'pgbouncer')).find(isExecutable)
}

/**
 * Starts a PgBouncer in transaction mode before the server of a database. It ends with this process, however that ends.
 *
 * @param program as `findPooler` found it
 */
export async function startPooler(program: string, url: string): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-pooler-'))
  const port = await freePort()
  configure(folder, port, new URL(url))
  const keeper = spawn('sh', ['-c', keep, 'sh', program, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await answering(keeper, port)
  const through = new URL(url)
  through.host = `127.0.0.1:${port}`
  return {
    url: through.href,
    stop: async () => {
      const gone = once(keeper, 'exit')
      keeper.stdin?.end()
      await gone
    },
  }
}

/** PgBouncer does not run as root. It ends when nobody holds the other end of the shell's input. */
const keep = `
[ "$(id -u)" = 0 ] && { chown -R nobody "$2"; as="-u nobody"; }
"$1" -q $as "$2/pgbouncer.ini" &
cat > /dev/null
kill $!
wait
rm -rf "$2"
`

function configure(folder: string, port: number, { hostname, port: serverPort, username, password }: URL): void {
  const server = `host=${hostname} port=${serverPort || 5432}`
  const user = `user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`
  const file = join(folder, 'pgbouncer.ini')
  const settings = [
    '[databases]',
    `* = ${server} ${user}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 5',
    'max_client_conn = 500',
  ]
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 })
  chmodSync(folder, 0o711)
}

async function answering(keeper: ChildProcess, port: number): Promise<void> {
  while (keeper.exitCode === null) {
    const socket = createConnection(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
  }
  throw new Error('PgBouncer could not be run.')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
