import { escapeIdentifier } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from './migrate.ts'
import { makePostgresRoles } from './roles.ts'
import { connect, useStage } from './testing.fixture.ts'

const stage = useStage()

const suffix = `${process.pid}_${Date.now()}`
const [writer, reader, tokens] = [`writer ${suffix}`, `reader ${suffix}`, `tokens ${suffix}`]
const make = (passwordless = tokens) => makePostgresRoles({ url: stage.url, writer, reader, passwordless })

beforeAll(async () => {
  const sql = await connect(stage.url)
  await sql.query(`CREATE ROLE ${escapeIdentifier(tokens)}`)
  await sql.end()
})
afterAll(async () => {
  const sql = await connect(stage.url)
  for (const role of [writer, reader, tokens]) {
    await sql.query(`DROP OWNED BY ${escapeIdentifier(role)}`)
    await sql.query(`DROP ROLE ${escapeIdentifier(role)}`)
  }
  await sql.end()
})

it('roles are made once, and log in as those do who have no password; the administrator stays who it is', async () => {
  await Promise.all([make(), make()])
  await make('nothing of this name')
  const sql = await stage.connect()
  const { rows } = await sql.query(
    `SELECT rolname AS role, rolcanlogin AS "canLogIn", pg_has_role(rolname, $3, 'MEMBER') AS "isMember"
      FROM pg_roles WHERE rolname IN ($1, $2) ORDER BY rolname`,
    [reader, writer, tokens],
  )
  expect(rows).toEqual([
    { role: reader, canLogIn: true, isMember: true },
    { role: writer, canLogIn: true, isMember: true },
  ])
  const { rows: members } = await sql.query(
    `SELECT member::regrole::text FROM pg_auth_members WHERE roleid = $1::regrole AND member::regrole::text = current_user`,
    [escapeIdentifier(writer)],
  )
  expect(members).toEqual([])
})

it('connections of theirs that rest are closed, if that is wanted, so that a database can sleep', async () => {
  const sql = await stage.connect()
  const configured = async () =>
    (await sql.query('SELECT rolconfig FROM pg_roles WHERE rolname IN ($1, $2)', [reader, writer])).rows
  await makePostgresRoles({ url: stage.url, writer, reader, idleTimeout: 60_000 })
  expect(await configured()).toEqual(Array(2).fill({ rolconfig: ['idle_session_timeout=60000'] }))
  await make()
  expect(await configured()).toEqual(Array(2).fill({ rolconfig: ['idle_session_timeout=0'] }))
})

it('the writer makes the schema of an application, and lets the reader look at its read models', async () => {
  await make()
  const sql = await stage.connect()
  for (const role of [writer, reader]) await sql.query(`ALTER ROLE ${escapeIdentifier(role)} PASSWORD 'secret'`)
  const url = new URL(stage.url)
  url.username = encodeURIComponent(writer)
  url.password = ''
  const password = async () => 'secret'
  expect(await migratePostgres({ url: url.href, password, application: 'cafe', reader })).toBe('created')
  url.username = encodeURIComponent(reader)
  url.password = 'secret'
  const looking = await stage.connect(url.href)
  expect((await looking.query('SELECT count(*)::int FROM cafe.generations')).rows).toEqual([{ count: 0 }])
  await expect(looking.query('DELETE FROM cafe.generations')).rejects.toThrow(/permission denied/)
})
