import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { Database, type DatabaseOptions } from './database.ts'
import { useStage } from './testing.fixture.ts'

const stage = useStage()

let servers: Server[] = []
afterEach(() => {
  for (const server of servers) server.close()
  servers = []
})

function make(url: URL, options: Partial<DatabaseOptions>): Database {
  const database = new Database({ url: url.href, schema: 'public', connections: 1, ...options })
  stage.closeLater(() => database.close())
  return database
}

async function backendOf(database: Database): Promise<number> {
  const [row] = await database.read<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return Number(row?.pid)
}

it('a password that is good for a while only is asked for with each new connection', async () => {
  const url = new URL(stage.url)
  const given = decodeURIComponent(url.password)
  url.password = ''
  let tokens = 0
  const database = make(url, {
    password: async () => {
      tokens += 1
      return given
    },
  })
  const first = await backendOf(database)
  expect(await backendOf(database)).toBe(first)
  expect(tokens).toBe(1)
  const sql = await stage.connect()
  await sql.query('SELECT pg_terminate_backend($1)', [first])
  await expect.poll(() => backendOf(database).catch(() => first)).not.toBe(first)
  expect(tokens).toBe(2)
})

it('a connection that died without a word is replaced before it is used', async () => {
  const [url, sockets] = await wayTo(new URL(stage.url))
  const database = make(url, { askAfter: 0 })
  const first = await backendOf(database)
  // The network forgets what rests for long: nothing that is said is answered any more.
  for (const socket of sockets) socket.removeAllListeners('data').resume()
  expect(await backendOf(database)).not.toBe(first)
})

it('a server that wakes up slowly is waited for by who is patient', async () => {
  const [url] = await wayTo(new URL(stage.url), 500)
  await expect(backendOf(make(url, { connectTimeout: 100 }))).rejects.toThrow('did not answer in time')
  expect(await backendOf(make(url, { connectTimeout: 10_000 }))).toBeGreaterThan(0)
})

/** A port that leads to the server, after so many milliseconds, and what came in there. */
async function wayTo(server: URL, delay = 0): Promise<[URL, Socket[]]> {
  const sockets: Socket[] = []
  const way = createServer(async (socket) => {
    await pause(delay)
    const beyond = connect(Number(server.port), server.hostname)
    sockets.push(socket)
    socket.on('data', (data) => beyond.write(data)).on('error', () => {})
    beyond.on('data', (data) => socket.write(data)).on('error', () => {})
    socket.on('close', () => beyond.destroy())
  })
  servers.push(way)
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const url = new URL(server)
  url.port = String((way.address() as { port: number }).port)
  return [url, sockets]
}
