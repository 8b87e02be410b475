import type { Client } from 'pg'
import { expect, it } from 'vitest'
import { append, one, useStage } from './testing.fixture.ts'

const stage = useStage()

it('eight processes that start at once make one store, and all can use it', async () => {
  const engines = await Promise.all(Array.from({ length: 8 }, () => stage.open('at once')))
  expect(new Set(engines.map(({ storeId }) => storeId)).size).toBe(1)
  expect(new Set(engines.map(({ epoch }) => epoch)).size).toBe(1)
  await Promise.all(engines.map((engine, index) => append(engine, one(`order-${index}`, 'absent'))))
  for (const engine of engines) expect((await engine.events.readFeed(undefined, 100)).commits).toHaveLength(8)
})

it('a schema that is there and empty is taken, as one that an administrator made', async () => {
  const sql = await stage.connect()
  await sql.query('CREATE SCHEMA "prepared"')
  await append(await stage.open('prepared'), one('order-1', 'absent'))
})

it('a schema of another program is refused, and stays as it is', async () => {
  const sql = await stage.connect()
  await sql.query('CREATE SCHEMA "other"; CREATE TABLE other.customers (id int)')
  await expect(stage.open('other')).rejects.toThrow(/the schema "other" is not Weir's\. Rename it/)
  await sql.query('CREATE TABLE other.meta (name text)')
  await expect(stage.open('other')).rejects.toThrow("is not Weir's")
  await expect(stage.open('other', { readOnly: true })).rejects.toThrow("is not Weir's")
  expect(await tablesOf(sql, 'other')).toEqual(['customers', 'meta'])
})

it('a store that a newer version wrote is refused, and stays as it is', async () => {
  const sql = await stage.connect()
  await append(await stage.open('newer'), one('order-1', 'absent'))
  await sql.query(`UPDATE newer.meta SET value = '99' WHERE key = 'version'`)
  const before = await tablesOf(sql, 'newer')
  await expect(stage.open('newer')).rejects.toThrow(/written by a newer version of Weir\. Use that version/)
  await expect(stage.open('newer', { readOnly: true })).rejects.toThrow('newer version of Weir')
  expect(await tablesOf(sql, 'newer')).toEqual(before)
})

it('to look only, the store has to be there', async () => {
  await expect(stage.open('missing', { readOnly: true })).rejects.toThrow('there is no store in the schema "missing"')
  const sql = await stage.connect()
  expect(await tablesOf(sql, 'missing')).toEqual([])
})

it.each([
  ['', 'it is empty'],
  ['pg_orders', 'it is one of its own'],
  ['information_schema', 'it is one of its own'],
  ['é'.repeat(32), 'it is longer than 63 bytes'],
  ['a$function$b', 'it holds U+0000 or $'],
  ['a\0b', 'it holds U+0000 or $'],
])('%j cannot name an application', async (application, reason) => {
  await expect(stage.open(application)).rejects.toThrow(`cannot name a schema of PostgreSQL: ${reason}`)
})

it.each(['Box "Office"; DROP', 'select', 'a.b', "it's", 'é'.repeat(31), '100%', 'back\\slash'])(
  '%j can name one',
  async (application) => {
    const engine = await stage.open(application)
    await append(engine, one('order-1', 'absent'))
    await engine.check()
    expect((await engine.events.readFeed(undefined, 10)).commits).toHaveLength(1)
  },
)

it('a database that does not hold all characters is refused', async () => {
  const sql = await stage.connect()
  const name = `weir_latin_${process.pid}`
  await sql.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc`)
  try {
    const url = new URL(stage.url)
    url.pathname = `/${name}`
    await expect(stage.open('latin', { url: url.href })).rejects.toThrow(
      `the database is encoded in LATIN1. Create one WITH ENCODING 'UTF8'`,
    )
  } finally {
    await sql.query(`DROP DATABASE ${name} WITH (FORCE)`)
  }
})

async function tablesOf(sql: Client, schema: string): Promise<string[]> {
  const { rows } = await sql.query('SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename', [schema])
  return rows.map(({ tablename }) => tablename)
}
