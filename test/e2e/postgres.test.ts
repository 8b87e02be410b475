import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { blocksOf } from '../snippets/markdown.ts'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { boxOffice, execute, serveBoxOffice, temporaryDatabase, urlFor, weirOn } from './postgres.ts'
import { examples, listening, logLine, type Program, startExamples, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 2, ticketPrice: 12.5 }
const buyer = { customerName: 'Ann', customerEmail: 'ann@example.org' }

/** What a command says when it has ended. */
async function said(program: Program): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code } = await program.ended
  const { stdout, stderr } = program
  expect(stderr).not.toMatch(/\n\s+at /)
  return { code, stdout, stderr }
}

const tokenOf = ({ headers }: { headers: Readonly<Record<string, unknown>> }) => ({
  'consistency-token': String(headers['consistency-token']),
})

test('weir start keeps everything in PostgreSQL: what is written is read with its token, also after a restart', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const first = await serveBoxOffice(database, cwd)
  const scheduled = await post(`${first.url}/concerts`, concert)
  expect(scheduled).toMatchObject({ status: 201 })
  const { id } = scheduled.body
  const sold = await post(`${first.url}/tickets`, { concertId: id, ...buyer })
  const read = await get(`${first.url}/concerts/${id}`, tokenOf(sold))
  expect(read).toMatchObject({ status: 200, body: { ...concert, id, availableTickets: 1 } })
  expect(read.headers).toMatchObject({ 'consistency-status': 'reached' })
  expect(await get(new URL('/ready', first.url).href)).toMatchObject({ status: 200 })
  expect(await first.program.end()).toEqual({ code: 0, signal: null })
  const second = await serveBoxOffice(database, cwd)
  expect(await get(`${second.url}/concerts/${id}`, tokenOf(sold))).toEqual(
    expect.objectContaining({ status: 200, body: read.body }),
  )
  expect(readdirSync(join(cwd, 'data'))).toEqual([])
})

test('each application has a schema of its own; the URL may stand in .env', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, '.env'), `DATABASE_URL=${database}\n`)
  const { program } = await startExamples(['--port', '0'], { cwd })
  const schemas = await execute(database, `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_'`)
  expect(schemas.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['box-office', 'coffee', 'helpdesk', 'inventory']),
  )
  expect(existsSync(join(cwd, 'data/box-office.db'))).toBe(false)
  expect(existsSync(join(cwd, 'data/keys.json'))).toBe(true)
  expect(await program.end()).toEqual({ code: 0, signal: null })
})

test('weir dev serves it from PostgreSQL, too', async () => {
  const database = await temporaryDatabase()
  const { url } = await listening(weirOn(database, temporaryFolder(), ['dev', boxOffice, '--port', '0']))
  const scheduled = await post(`${url}/concerts`, concert)
  expect(await get(`${url}/concerts`, tokenOf(scheduled))).toMatchObject({ status: 200, body: [concert] })
})

test('where the data is, is told without user and password', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const { program } = await serveBoxOffice(database, cwd)
  const { host, pathname, password } = new URL(database)
  expect(logLine(program, 'listening')).toMatchObject({ data: `postgres://${host}${pathname}` })
  await program.end()
  expect(program.stdout + program.stderr).not.toContain(password)
})

test.each([
  ['start', { pathname: '/nowhere' }, /\/nowhere: there is no such database/],
  ['start', { password: 'guessed-wrongly' }, /password is wrong/],
  ['start', { search: '?sslmode=require' }, /^[^\n]*it does not speak TLS\.[^\n]*sslmode=disable[^\n]*\n$/],
  ['work', { port: '1' }, /127\.0\.0\.1:1\/.*: nothing answers there/],
  ['migrate', { port: '1' }, /127\.0\.0\.1:1\/.*: nothing answers there/],
  ['check', { port: '1' }, /127\.0\.0\.1:1\/.*: nothing answers there/],
])('weir %s with a URL of %j says what is wrong, and no password', async (command, change, message) => {
  const url = Object.assign(new URL(await temporaryDatabase()), change)
  const { code, stdout, stderr } = await said(weirOn(url.href, temporaryFolder(), [command, boxOffice]))
  expect(stderr).toMatch(message)
  expect(code).toBe(1)
  expect(stdout + stderr).not.toContain(url.password)
})

test.each([['start'], ['dev'], ['work'], ['migrate'], ['check']])(
  'weir %s refuses the URL of something else, without repeating it',
  async (command) => {
    const program = weirOn('mysql://root:hidden@localhost/shop', temporaryFolder(), [command, boxOffice])
    const { code, stdout, stderr } = await said(program)
    expect(stderr).toMatch(/DATABASE_URL is not the URL of a PostgreSQL.*postgres:\/\//)
    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('hidden')
  },
)

test.each([
  ['postgres://admin:hunter@2secret#x@127.0.0.1:5/shop', /is not the URL of a PostgreSQL.*%40/],
  ['postgres://secret:secret@127.0.0.1:5', /names no database.*host:5432\/database/],
])('a URL that cannot be taken apart is refused, and nothing of it shown: %s', async (database, message) => {
  const { code, stdout, stderr } = await said(weirOn(database, temporaryFolder(), ['migrate', boxOffice]))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
  expect(stdout + stderr).not.toMatch(/secret|hunter|admin/)
})

test.each([
  [['start', boxOffice, '--no-workers'], /--no-workers needs PostgreSQL.*one process does everything/],
  [['work', boxOffice], /weir work needs PostgreSQL/],
  [['migrate', boxOffice], /weir migrate needs PostgreSQL/],
])('on SQLite weir %j is refused', async (args, message) => {
  const { code, stderr } = await said(weir(args, { cwd: temporaryFolder() }))
  expect(stderr).toMatch(message)
  expect(code).toBe(2)
})

test('npm start takes --no-workers, too', async () => {
  const cwd = temporaryFolder()
  await expect(startExamples(['--no-workers'], { cwd })).rejects.toThrow(/--no-workers needs PostgreSQL/)
})

test('weir check looks at PostgreSQL while a server goes on, and makes no schema', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const check = async () => said(weirOn(database, cwd, ['check', boxOffice]))
  const nothing = await check()
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing is recorded of box-office yet/) })
  expect(await execute(database, `SELECT FROM pg_namespace WHERE nspname = 'box-office'`)).toEqual([])
  const { url } = await serveBoxOffice(database, cwd)
  const scheduled = await post(`${url}/concerts`, concert)
  await get(`${url}/concerts`, tokenOf(scheduled))
  const found = await check()
  expect(found.stdout).toMatch(/✓ 1 event: every one can be read\n {2}✓ concerts: 1 document, all as stored\n/)
  expect(found.code).toBe(0)
})

/** Makes the roles of the guide, under names of this database's own: those of the owner, of the writer and of the reader. */
async function guideRoles(database: string) {
  const name = new URL(database).pathname.slice(1)
  const [make] = blocksOf('docs/guide/postgres.md').filter(({ language }) => language === 'sql')
  const roles = ['owner', 'app', 'reports'].map((kind) => `${name}_${kind}`)
  onTestFinished(async () => {
    for (const role of roles.toReversed()) await execute(database, `DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
  await execute(database, make?.text.replaceAll('shop', name) ?? '')
  const [owner, writer, reader] = roles.map((role) => ({ role, url: urlFor(role, 'change-me', database) }))
  if (!owner || !writer || !reader) throw new Error('There are three roles.')
  return { owner, writer, reader }
}

const inside = ['commits', 'streams', 'commands', 'snapshots', 'partitions', 'waiting', 'discarded', 'roster', 'meta']

test('weir migrate: an owner makes the schema, a role that writes runs it, one that reads sees documents only', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const { owner, writer, reader } = await guideRoles(database)
  const refused = await said(weirOn(writer.url, cwd, ['start', boxOffice, '--port', '0']))
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('weir migrate') })
  const roles = ['--writer', writer.role, '--reader', reader.role]
  const migrate = () => said(weirOn(owner.url, cwd, ['migrate', boxOffice, ...roles]))
  const { host, pathname } = new URL(database)
  const line = (what: string) =>
    `box-office: ${what} in postgres://${host}${pathname}; ${writer.role} may write; ${reader.role} may read\n`
  expect(await migrate()).toEqual({ code: 0, stdout: line('created'), stderr: '' })
  const { url } = await serveBoxOffice(writer.url, cwd)
  const scheduled = await post(`${url}/concerts`, concert)
  expect(await get(`${url}/concerts`, tokenOf(scheduled))).toMatchObject({ status: 200, body: [concert] })
  expect(await migrate()).toEqual({ code: 0, stdout: line('current'), stderr: '' })

  const [, look] = blocksOf('docs/guide/postgres.md').filter(({ language }) => language === 'sql')
  const [serving, names] = look?.text.trim().split('\n') ?? []
  expect(await execute(reader.url, serving ?? '')).toEqual([{ number: 1 }])
  expect(Object.values((await execute(reader.url, names ?? ''))[0] ?? {})).toEqual([concert.name])
  const denied = [
    ...inside.map((table) => `SELECT * FROM "box-office".${table}`),
    'DELETE FROM "box-office".doc_concerts_1',
    'CREATE TABLE "box-office".mine ()',
  ]
  for (const sql of denied) await expect(execute(reader.url, sql), sql).rejects.toMatchObject({ code: '42501' })
})

test('a role that is not there is named', async () => {
  const database = await temporaryDatabase()
  const program = weirOn(database, temporaryFolder(), ['migrate', boxOffice, '--writer', 'weir_test_nobody'])
  expect(await said(program)).toMatchObject({ code: 1, stderr: expect.stringContaining('weir_test_nobody') })
})

test('one role cannot be writer and reader', async () => {
  const roles = ['--writer', 'shop_app', '--reader', 'shop_app']
  const program = weirOn(await temporaryDatabase(), temporaryFolder(), ['migrate', boxOffice, ...roles])
  expect(await said(program)).toMatchObject({ code: 2, stderr: expect.stringContaining('name the same role') })
})

test('npm start -- migrate makes the schemas, npm start -- work folds what a server writes that does not', async () => {
  const env = { DATABASE_URL: await temporaryDatabase(), PORT: '99999' }
  const cwd = temporaryFolder()
  const migrated = await said(examples(['migrate'], { cwd, env }))
  expect(migrated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(\S+: created in postgres:\S+\n){4}$/) })
  const server = await startExamples(['--no-workers', '--port', '0'], { cwd, env })
  expect(logLine(server.program, 'listening')).toMatchObject({ does: expect.stringContaining('weir work') })
  const worker = examples(['work'], { cwd, env })
  expect(await worker.until(() => logLine(worker, 'working'))).not.toHaveProperty('url')
  const scheduled = await post(`${server.url}/concerts`, concert)
  const read = await get(`${server.url}/concerts`, { ...tokenOf(scheduled), prefer: 'wait=20' })
  expect(read).toMatchObject({ status: 200, body: [concert], headers: { 'consistency-status': 'reached' } })
  expect(await worker.end()).toEqual({ code: 0, signal: null })
  expect(await said(examples(['check'], { cwd, env }))).toMatchObject({ code: 0 })
})

test('an option before the command of npm start is not overheard', async () => {
  const program = examples(['--port', '4001', 'work'], { cwd: temporaryFolder() })
  expect(await said(program)).toMatchObject({ code: 2, stderr: expect.stringContaining('options stand behind it') })
})

test('npm start serves from PostgreSQL', async () => {
  const database = await temporaryDatabase()
  const { url } = await startExamples(['--port', '0'], { cwd: temporaryFolder(), env: { DATABASE_URL: database } })
  const scheduled = await post(`${url}/concerts`, concert)
  expect(await get(`${url}/concerts`, tokenOf(scheduled))).toMatchObject({ status: 200, body: [concert] })
})
