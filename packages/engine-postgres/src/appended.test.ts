import { findPooler, type PostgresServer, startPooler, startPostgres } from '@weir/test-postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from 'weir/ports'
import { append, connect, one, until, useStage } from './testing.fixture.ts'

const stage = useStage()

/** A server that is restarted. */
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(async () => {
  await server.remove()
})

/** How often a process has been told. */
function counting({ events }: Engine): { count: number } {
  const told = { count: 0 }
  events.onAppended(() => {
    told.count += 1
  })
  return told
}

/** That one process is told of what another appends, again and again. */
async function tells(writer: Engine, other: Engine): Promise<void> {
  const told = counting(other)
  for (let round = 0; round < 3; round += 1) {
    const before = told.count
    await append(writer, one('order-1', 'any'))
    await until(() => told.count > before)
  }
}

it.each([true, false])('a process is told of what others append (listen: %s)', async (listen) => {
  const [writer, other] = [await stage.open(`tells ${listen}`), await stage.open(`tells ${listen}`, { listen })]
  await tells(writer, other)
})

it('one that listens does not look at the log', async () => {
  const other = await stage.open('calm', { listen: true })
  const told = counting(other)
  const sql = await stage.connect()
  await until(async () => told.count > 0)
  const calls = async () => {
    const { rows } = await sql.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%"calm"."commits"%'
        AND pid <> pg_backend_pid() AND query_start > now() - interval '300 ms'`,
    )
    return rows[0].count
  }
  await until(async () => (await calls()) === 0)
})

it('many appends in a row make few calls', async () => {
  const writer = await stage.open('few')
  const sql = await stage.connect()
  let calls = 0
  sql.on('notification', () => {
    calls += 1
  })
  const { rows } = await sql.query(`SELECT 'weir_' || left(encode(sha256('few'), 'hex'), 32) AS channel`)
  await sql.query(`LISTEN ${rows[0].channel}`)
  await Promise.all(Array.from({ length: 200 }, (_, index) => append(writer, one(`order-${index}`, 'absent'))))
  await until(() => calls > 0)
  expect(calls).toBeLessThan(100)
})

it('applications on one database do not call each other', async () => {
  const [writer, other] = [await stage.open('mine'), await stage.open('yours', { listen: true })]
  const told = counting(other)
  await until(() => told.count > 0)
  const before = told.count
  const witness = await stage.open('mine', { listen: true })
  await tells(writer, witness)
  expect(told.count).toBe(before)
})

it('G3 who listens hears again after the server was restarted, and finds what was appended meanwhile', async () => {
  const options = { url: server.url, listen: true }
  const [writer, other] = [await stage.open('restarted', options), await stage.open('restarted', options)]
  await tells(writer, other)
  await server.stop('immediate')
  await server.start()
  await tells(writer, other)
  const sql = await connect(server.url)
  await sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`)
  await sql.end()
  await tells(writer, other)
})

it('behind a pooler, where no calls come, the log is looked at', async ({ skip }) => {
  const program = findPooler()
  if (program === undefined) return skip('there is no pgbouncer in PATH')
  const pooler = await startPooler(program, stage.url)
  try {
    const options = { url: pooler.url, listen: true }
    const [writer, other] = [await stage.open('pooled', options), await stage.open('pooled', options)]
    await tells(writer, other)
    await Promise.all([writer.close(), other.close()])
  } finally {
    await pooler.stop()
  }
})

it('an engine that is closed stops listening, whatever it was at', async () => {
  for (let round = 0; round < 5; round += 1) {
    const engine = await stage.open('closed', { listen: true })
    await append(engine, one('order-1', 'any'))
    await engine.close()
  }
  const sql = await stage.connect()
  const left = `SELECT FROM pg_stat_activity WHERE application_name = 'weir' AND datname = current_database()`
  await until(async () => (await sql.query(left)).rowCount === 0)
})
