import type { Client } from 'pg'
import { afterEach, expect, it } from 'vitest'
import { EngineError } from 'weir/ports'
import { Database, type DatabaseOptions } from './database.ts'
import { until, useStage } from './testing.fixture.ts'

const stage = useStage()

let open: Database[] = []

afterEach(async () => {
  await Promise.all(open.map((database) => database.close()))
  open = []
})

function make(options: Partial<DatabaseOptions> = {}): Database {
  const database = new Database({ url: stage.url, schema: 'public', connections: 2, ...options })
  open.push(database)
  return database
}

/** The URL of the test database with something else in it. */
function urlWith(change: (url: URL) => void): string {
  const url = new URL(stage.url)
  change(url)
  return url.href
}

const failing = (code: string) => `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}', MESSAGE = 'made'; END $$`

it.each<[string, (url: URL) => void, RegExp]>([
  ['nothing listens', (url) => (url.port = '1'), /^127\.0\.0\.1:1\/.*: nothing answers there\. Start the server/],
  [
    'there is no such host',
    (url) => (url.hostname = 'no-such-host.invalid'),
    /no-such-host\.invalid:.*(no such host|cannot be looked up)/,
  ],
  ['there is no such database', (url) => (url.pathname = '/none'), /\/none: there is no such database\. Create it/],
  [
    'there is no such user',
    (url) => (url.username = 'nobody'),
    /the password is wrong|does not let this user in|does not exist/,
  ],
])('where %s, the error names the server and says what to do', async (_, change, message) => {
  const url = urlWith(change)
  const error: unknown = await make({ url })
    .read('SELECT 1')
    .catch((thrown) => thrown)
  expect(error).toBeInstanceOf(EngineError)
  expect((error as Error).message).toMatch(message)
  expect(JSON.stringify(error)).not.toContain(new URL(url).password || 'nothing')
  expect((error as Error).message).not.toContain(new URL(url).password || 'nothing')
})

it.each([
  '',
  'no url',
  'mysql://host/db',
  'postgres://[',
  'postgres://u:s3cret@host:notaport/db',
  'postgres://u:pass@1s3cret#x@host/db',
  'postgres://u:5/s3cret@host/db',
])('%j is no URL of a PostgreSQL, and is not quoted', (url) => {
  expect(() => make({ url })).toThrow(
    'This is no URL of a PostgreSQL. Write postgres://user:password@host:port/database',
  )
  expect(() => make({ url })).toThrow(EngineError)
  expect(() => make({ url })).not.toThrow('s3cret')
})

it('a URL has to name a database, and files that are there', () => {
  expect(() => make({ url: 'postgres://s3cret:s3cret@host:5432' })).toThrow(/^The URL names no database\. Write [^3]*$/)
  expect(() => make({ url: 'postgres://u:s3cret@host/db?sslrootcert=/no/such.pem' })).toThrow(
    /^The URL of the PostgreSQL cannot be used: .*\/no\/such\.pem/,
  )
})

it('a socket has a folder in the place of a host', () => {
  expect(make({ url: 'postgres://u:s3cret@/db?host=/var/run/postgresql' }).server).toBe('/var/run/postgresql:5432/db')
})

it('a server without TLS is told from one that is away', async () => {
  const url = urlWith((it) => it.searchParams.set('sslmode', 'verify-full'))
  await expect(make({ url }).read('SELECT 1')).rejects.toThrow(/: it does not speak TLS\. .*sslmode=disable in the URL/)
})

it('numbers come as numbers, text as text, JSON as it was written', async () => {
  const [row] = await make().read(
    `SELECT 9007199254740991::bigint AS big, ARRAY[1, 2]::bigint[] AS many, '{}'::bigint[] AS none, 1.5::float8 AS real,
      sum(v) AS total, '{"a":  1}'::json AS json, 'x' AS text, NULL::bigint AS missing FROM (VALUES (1::bigint)) AS t (v)`,
  )
  const expected = { big: Number.MAX_SAFE_INTEGER, many: [1, 2], none: [], real: 1.5, total: 1 }
  expect(row).toEqual({ ...expected, json: '{"a":  1}', text: 'x', missing: null })
})

it('what needs a connection while all are in use is told so', async () => {
  const database = make({ connections: 1 })
  const ending = Promise.withResolvers<void>()
  const holding = database.transaction(() => ending.promise)
  await expect(database.read('SELECT 1')).rejects.toThrow('all connections of this process are in use')
  ending.resolve()
  await holding
  expect(await database.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('a statement that does not end in time is given up with its connection, and the next has another', async () => {
  const database = make({ connections: 1, statementTimeout: 300 })
  const pid = await pidOf(database)
  await expect(database.query('SELECT pg_sleep(60)')).rejects.toThrow(
    /it did not answer in time\. What was under way may have taken effect, or not/,
  )
  expect(await pidOf(database)).not.toBe(pid)
  const begun = performance.now()
  await expect(database.transaction((query) => query('SELECT pg_sleep(60)'))).rejects.toThrow('did not answer in time')
  expect(performance.now() - begun).toBeLessThan(5_000)
})

it.each(['40001', '40P01', '55P03', '57014'])(
  'a transaction that fails with %s runs again, until it succeeds',
  async (code) => {
    const database = make()
    let runs = 0
    const result = await database.transaction(async (query) => {
      runs += 1
      if (runs < 3) await query(failing(code))
      return 'done'
    })
    expect([result, runs]).toEqual(['done', 3])
  },
)

it('after some tries it is given up, in words that say why', async () => {
  let runs = 0
  const work = make().transaction(async (query) => {
    runs += 1
    await query(failing('40001'))
  })
  await expect(work).rejects.toThrow('others changed the same at the same time, again and again')
  expect(runs).toBe(5)
})

it.each([
  ['53100', /its disk is full\. Free some space/],
  ['42501', /made\. Let the owner of the schema run `weir migrate` with --writer and this role\./],
  ['23505', /made/],
])('what fails with %s is not tried again', async (code, message) => {
  let runs = 0
  const work = make().transaction(async (query) => {
    runs += 1
    await query(failing(code))
  })
  await expect(work).rejects.toThrow(message)
  expect(runs).toBe(1)
})

it('a transaction is rolled back when its work throws, and the connection is used on', async () => {
  const database = make({ connections: 1 })
  await database.query('CREATE TABLE kept (id int)')
  const pid = await pidOf(database)
  const work = database.transaction(async (query) => {
    await query('INSERT INTO kept VALUES (1)')
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect(await database.read('SELECT * FROM kept')).toEqual([])
  expect(await pidOf(database)).toBe(pid)
})

it('a transaction that goes on after a statement failed is not taken for committed', async () => {
  const database = make()
  const work = database.transaction(async (query) => {
    await query('SELECT 1/0').catch(() => {})
    return 'done'
  })
  await expect(work).rejects.toThrow('A statement of a transaction failed, and the transaction went on')
})

it('a relaxed transaction may be lost in a crash, others not; the next is as before', async () => {
  const database = make({ connections: 1 })
  const show = (relaxed: boolean) =>
    database.transaction((query) => query<{ synchronous_commit: string }>('SHOW synchronous_commit'), { relaxed })
  expect(await show(true)).toEqual([{ synchronous_commit: 'off' }])
  expect(await show(false)).toEqual([{ synchronous_commit: 'on' }])
})

it('a read whose connection is ended is asked again', async () => {
  const database = make()
  const sql = await stage.connect()
  const reading = database.read<{ one: number }>('SELECT 1 AS one FROM pg_sleep(1)')
  await terminate(sql, 'SELECT 1 AS one FROM pg_sleep(1)')
  expect(await reading).toEqual([{ one: 1 }])
})

it('a write whose connection is ended is not done twice: nobody knows whether it was done once', async () => {
  const database = make()
  const sql = await stage.connect()
  await sql.query('CREATE TABLE once (id int)')
  const writing = database.query('INSERT INTO once SELECT 1 FROM pg_sleep(60)')
  const refused = expect(writing).rejects.toThrow(
    /it ended the connection\. What was under way may have taken effect, or not/,
  )
  await terminate(sql, 'INSERT INTO once SELECT 1 FROM pg_sleep(60)')
  await refused
  expect((await sql.query('SELECT * FROM once')).rows).toEqual([])
  expect(await database.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('connections that are ended while they rest, or within a transaction, harm nobody', async () => {
  const database = make({ connections: 1 })
  const sql = await stage.connect()
  const pid = await pidOf(database)
  await sql.query('SELECT pg_terminate_backend($1)', [pid])
  expect(await pidOf(database)).not.toBe(pid)
  const work = database.transaction(async (query) => {
    const [own] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await sql.query('SELECT pg_terminate_backend($1)', [own?.pid])
    await until(async () => (await sql.query('SELECT FROM pg_stat_activity WHERE pid = $1', [own?.pid])).rowCount === 0)
    await query('SELECT 1')
  })
  await expect(work).rejects.toBeInstanceOf(EngineError)
  expect(await database.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('a server that can only be read is left for the one that takes its place', async () => {
  const database = make({ connections: 1 })
  const sql = await stage.connect()
  const name = new URL(stage.url).pathname.slice(1)
  await database.query('CREATE TABLE moved (id int)')
  await sql.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
  const pid = await pidOf(database)
  await sql.query('SELECT pg_terminate_backend($1)', [pid])
  // A read finds a new connection; from now on it is one that can only read.
  expect(await pidOf(database)).not.toBe(pid)
  try {
    await expect(database.query('INSERT INTO moved VALUES (1)')).rejects.toThrow(
      'it can only be read now: it is a standby',
    )
    const writing = database.query('INSERT INTO moved VALUES (2)')
    await sql.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
    await writing
  } finally {
    await sql.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
  }
  expect(await database.read('SELECT * FROM moved')).toEqual([{ id: 2 }])
})

it('a statement that the server cancels for its length is told so, and tried a few times only', async () => {
  const sql = await stage.connect()
  const name = new URL(stage.url).pathname.slice(1)
  await sql.query(`ALTER DATABASE ${name} SET statement_timeout = '100ms'`)
  try {
    await expect(make().query('SELECT pg_sleep(10)')).rejects.toThrow('it cancelled a statement that took too long')
  } finally {
    await sql.query(`ALTER DATABASE ${name} RESET statement_timeout`)
  }
})

it('one that is open for reading only refuses to write', async () => {
  const database = make({ readOnly: true })
  await expect(database.query('SELECT 1')).rejects.toThrow('is open for reading only')
  await expect(database.transaction(async () => {})).rejects.toThrow('is open for reading only')
  expect(await database.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('one that is pinned sees one moment, also when many read at once', async () => {
  const [writer, pinned] = [make(), make({ readOnly: true, pinned: true })]
  await writer.query('CREATE TABLE moments AS SELECT 1 AS id')
  const count = () => pinned.read<{ count: number }>('SELECT count(*) AS count FROM moments')
  expect(await count()).toEqual([{ count: 1 }])
  await writer.query('INSERT INTO moments VALUES (2)')
  const counts = await Promise.all(Array.from({ length: 5 }, count))
  expect(counts.flat()).toEqual(Array(5).fill({ count: 1 }))
  await expect(pinned.read('INSERT INTO moments VALUES (3)')).rejects.toThrow('it can only be read now')
})

async function pidOf(database: Database): Promise<number> {
  const [row] = await database.read<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return row?.pid ?? 0
}

/** Ends the connection on which a statement is under way. */
async function terminate(sql: Client, statement: string): Promise<void> {
  await until(async () => {
    const { rowCount } = await sql.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1 AND state = 'active'`,
      [statement],
    )
    return (rowCount ?? 0) > 0
  })
}
