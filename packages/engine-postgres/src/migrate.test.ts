import { escapeIdentifier } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from './migrate.ts'
import { append, by, connect, one, useStage } from './testing.fixture.ts'

const stage = useStage()

const suffix = `${process.pid}_${Date.now()}`
const [writer, reader, stranger] = ['writer', 'reader', 'stranger'].map((role) => `weir ${role} ${suffix}`) as [
  string,
  string,
  string,
]
const roles = [writer, reader, stranger]

beforeAll(async () => {
  const sql = await connect(stage.url)
  for (const role of roles) await sql.query(`CREATE ROLE ${escapeIdentifier(role)} LOGIN PASSWORD 'secret'`)
  await sql.end()
})

afterAll(async () => {
  const sql = await connect(stage.url)
  for (const role of roles) {
    await sql.query(`DROP OWNED BY ${escapeIdentifier(role)}`)
    await sql.query(`DROP ROLE ${escapeIdentifier(role)}`)
  }
  await sql.end()
})

/** The database, as another role. */
function urlAs(role: string): string {
  const url = new URL(stage.url)
  url.username = encodeURIComponent(role)
  url.password = 'secret'
  return url.href
}

const model = { name: 'concerts', fingerprint: 'v1', indexes: ['date'], partitions: 1 }
const changes = { cursor: '1', waiting: [], settled: [] }
const document = { id: '1', body: '{"date":"2030"}', stream: 'concert-1', version: 1 }

it('says what it did', async () => {
  const options = { url: stage.url, application: 'says' }
  expect(await migratePostgres(options)).toBe('created')
  expect(await migratePostgres(options)).toBe('current')
})

it('a role that may write runs the application, though it could not have made the store', async () => {
  const application = 'runs'
  await expect(stage.open(application, { url: urlAs(writer) })).rejects.toThrow(/permission denied.*`weir migrate`/)
  await migratePostgres({ url: stage.url, application, writer })
  const engine = await stage.open(application, { url: urlAs(writer), listen: true })
  await engine.check()
  expect((await append(engine, by('key-1', 'order-1', 'absent'))).outcome).toBe('appended')
  expect((await append(engine, one('order-2', 1))).outcome).toBe('conflict')
  expect((await engine.events.readFeed(undefined, 10)).commits).toHaveLength(1)
  await engine.events.saveSnapshot('order-1', { version: 1, fingerprint: 'v1', state: '{}' })
  expect(await engine.roster?.attend('me', 'all')).toEqual([{ id: 'me', skills: 'all', count: 1 }])
  await engine.roster?.leave('me')
  const partition = { ...(await engine.readModels.create(model, 1)), partition: 0 }
  const { lease } = await engine.readModels.open(partition)
  expect(await engine.readModels.save(partition, lease, { ...changes, documents: [document] })).toBe('saved')
  const second = await engine.readModels.create({ ...model, fingerprint: 'v2' }, 1)
  await engine.readModels.drop(second)
  expect(await engine.readModels.get(partition, '1')).toEqual(document)
})

it('a role that may read reads the read models, those of later too, and nothing else', async () => {
  const application = 'reads'
  await migratePostgres({ url: stage.url, application, writer, reader })
  const engine = await stage.open(application, { url: urlAs(writer) })
  await append(engine, by('key-1', 'order-1'))
  const partition = { ...(await engine.readModels.create(model, 1)), partition: 0 }
  const { lease } = await engine.readModels.open(partition)
  await engine.readModels.save(partition, lease, { ...changes, documents: [document] })

  const sql = await stage.connect(urlAs(reader))
  expect((await sql.query(`SELECT id FROM reads.doc_concerts_1`)).rows).toEqual([{ id: '1' }])
  expect((await sql.query(`SELECT model, number, state FROM reads.generations`)).rows).toHaveLength(1)
  const forbidden = ['commits', 'commands', 'snapshots', 'streams', 'meta', 'roster', 'waiting', 'discarded']
  for (const table of forbidden) {
    await expect(sql.query(`SELECT * FROM reads.${table}`)).rejects.toMatchObject({ code: '42501' })
  }
  for (const change of ['DELETE FROM reads.doc_concerts_1', 'CREATE TABLE reads.mine (id int)']) {
    await expect(sql.query(change)).rejects.toMatchObject({ code: '42501' })
  }
  await expect(stage.open(application, { url: urlAs(reader) })).rejects.toThrow('permission denied')
})

it('a role that looks opens the store to read, and writes nothing', async () => {
  const application = 'looks'
  await migratePostgres({ url: stage.url, application, viewer: reader })
  const owner = await stage.open(application)
  await append(owner, by('key-1', 'order-1'))
  const looking = await stage.open(application, { url: urlAs(reader), readOnly: true })
  expect(await looking.events.readStream('order-1', 0, 10)).toHaveLength(1)
  const sql = await stage.connect(urlAs(reader))
  await expect(sql.query('DELETE FROM looks.commits')).rejects.toMatchObject({ code: '42501' })
})

it('tables that the owner made become those of the writer, who can remove them', async () => {
  const application = 'given'
  const owner = await stage.open(application)
  await owner.readModels.create(model, 1)
  const other = await owner.readModels.create({ ...model, fingerprint: 'v2' }, 1)
  await migratePostgres({ url: stage.url, application, writer, reader })
  const engine = await stage.open(application, { url: urlAs(writer) })
  await engine.readModels.drop(other)
  const sql = await stage.connect(urlAs(reader))
  expect((await sql.query('SELECT * FROM given.doc_concerts_1')).rows).toEqual([])
  await expect(sql.query('SELECT * FROM given.doc_concerts_2')).rejects.toMatchObject({ code: '42P01' })
})

it('who has no rights is told whom to ask', async () => {
  await migratePostgres({ url: stage.url, application: 'closed' })
  await expect(stage.open('closed', { url: urlAs(stranger) })).rejects.toThrow(
    /permission denied for schema closed\. Let the owner of the schema run `weir migrate` with --writer and this role\./,
  )
  await expect(migratePostgres({ url: urlAs(stranger), application: 'closed', writer })).rejects.toThrow(
    /permission denied for schema closed\. Run `weir migrate` as the role that owns the schema\./,
  )
  await expect(migratePostgres({ url: urlAs(stranger), application: 'unmade' })).rejects.toThrow(
    /permission denied for database .*\. Let the owner of the database run GRANT CREATE ON DATABASE/,
  )
})

it('a role that is not there is named', async () => {
  const options = { url: stage.url, application: 'nobody', writer: 'no such role' }
  await expect(migratePostgres(options)).rejects.toThrow(
    /role "no such role" does not exist\. Make it with CREATE ROLE "no such role" .* or mend its name\./,
  )
  expect(await schemas('nobody')).toEqual([])
})

it('an owner who is no member of the writer is told to become one, and nothing is made', async () => {
  const sql = await stage.connect()
  const owner = escapeIdentifier(stranger)
  await sql.query(`GRANT CREATE ON DATABASE ${databaseName()} TO ${owner}`)
  const options = { url: urlAs(stranger), application: 'half', writer, reader }
  const grant = `GRANT ${escapeIdentifier(writer)} TO ${owner}`
  await expect(migratePostgres(options)).rejects.toThrow(`Run ${grant}, then this again.`)
  await sql.query(`ALTER ROLE ${owner} NOINHERIT; ${grant}`)
  await expect(migratePostgres(options)).rejects.toThrow(/Run GRANT .* WITH INHERIT TRUE, then this again\./)
  await sql.query(`ALTER ROLE ${owner} INHERIT; REVOKE ${escapeIdentifier(writer)} FROM ${owner}`)
  expect(await schemas('half')).toEqual([])
  await sql.query(grant)
  expect(await migratePostgres(options)).toBe('created')
  await sql.query(`REVOKE ${escapeIdentifier(writer)} FROM ${owner}`)
})

it.each([
  ['REVOKE CONNECT ON DATABASE', 'FROM PUBLIC', 'GRANT CONNECT ON DATABASE', 'TO PUBLIC', /GRANT CONNECT ON DATABASE/],
  [
    'ALTER DATABASE',
    'CONNECTION LIMIT 0',
    'ALTER DATABASE',
    'CONNECTION LIMIT -1',
    /ALTER DATABASE … CONNECTION LIMIT/,
  ],
])('a database that lets a role not in is told from a server that does: %s … %s', async (...change) => {
  const [take, what, give, back, message] = change
  const sql = await stage.connect()
  await sql.query(`${take} ${databaseName()} ${what}`)
  await expect(stage.open('outside', { url: urlAs(stranger) })).rejects.toThrow(message)
  await sql.query(`${give} ${databaseName()} ${back}`)
})

it('a role that has no connection left is told so, rather than the server', async () => {
  const sql = await stage.connect()
  await sql.query(`ALTER ROLE ${escapeIdentifier(stranger)} CONNECTION LIMIT 0`)
  const opening = stage.open('outside', { url: urlAs(stranger) })
  await expect(opening).rejects.toThrow(/this role has no connection left\. .*ALTER ROLE … CONNECTION LIMIT/)
  await sql.query(`ALTER ROLE ${escapeIdentifier(stranger)} CONNECTION LIMIT -1`)
})

function databaseName(): string {
  return new URL(stage.url).pathname.slice(1)
}

async function schemas(name: string): Promise<unknown[]> {
  const sql = await stage.connect()
  return (await sql.query('SELECT nspname FROM pg_namespace WHERE nspname = $1', [name])).rows
}
