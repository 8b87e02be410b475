import { Client } from 'pg'
import { expect, it } from 'vitest'
import { startPostgres, testDatabase } from './index.ts'

it('a test database is empty, its own, and gone when it is dropped', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()])
  expect(one.url).not.toBe(other.url)
  const client = await connect(one.url)
  expect((await client.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`)).rows).toEqual([])
  client.on('error', () => {})
  await Promise.all([one.drop(), other.drop()])
  await expect(connect(one.url)).rejects.toMatchObject({ code: '3D000' })
})

it('a server of its own keeps what was written over a crash, and is gone when it is removed', async () => {
  const server = await startPostgres(['max_connections=17'])
  const before = await connect(server.url)
  before.on('error', () => {})
  await before.query('CREATE TABLE kept AS SELECT 1 AS one')
  await server.stop('immediate')
  await expect(connect(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await server.start()
  const after = await connect(server.url)
  expect((await after.query('SELECT one FROM kept')).rows).toEqual([{ one: 1 }])
  expect((await after.query('SHOW max_connections')).rows).toEqual([{ max_connections: '17' }])
  await after.end()
  await server.remove()
  await expect(connect(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}
