import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { root, startBoxOffice, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }
const boxOffice = join(root, 'examples/box-office')

/** Definitions in which concerts are sold under names in capitals. */
const changed = `
import { app, projection } from 'weir'
import { Concert } from '${boxOffice}/concert.ts'
import { Concerts as Before, Tickets } from '${boxOffice}/read-models.ts'
const { schema, indexes } = Before
const Concerts = projection('concerts', { schema, indexes })
  .create(Concert, { Scheduled: (event) => ({ id: event.aggregateId, ...event.data, name: event.data.name.toUpperCase() }) })
  .update(Concert, { TicketSold: (doc) => ({ ...doc, availableTickets: doc.availableTickets - 1 }) })
export default app('box-office', { routes: {}, projections: [Concerts, Tickets] })
`

/** A box office with two concerts, and a folder in which its definitions are being changed. */
async function changing() {
  const folder = temporaryFolder()
  const data = join(folder, 'data')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'app.ts'), changed)
  const { program, url } = await startBoxOffice(folder, ['--data', data])
  for (const name of ['Proms', 'Opera']) {
    const { headers } = await post(`${url}/concerts`, { ...concert, name })
    await get(`${url}/concerts`, { 'consistency-token': String(headers['consistency-token']) })
  }
  return { folder, data, program, url }
}

async function check(cwd: string, ...args: string[]) {
  const program = weir(['check', ...args], { cwd })
  const { code } = await program.ended
  expect(program.stderr).not.toMatch(/\n\s+at /)
  return { code, said: program.stdout + program.stderr }
}

const files = (folder: string) =>
  readdirSync(folder).map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  ])

test('definitions that fit what is recorded are found to, while the server goes on', async () => {
  const { folder, url } = await changing()
  const { code, said } = await check(folder, boxOffice)
  expect(said).toMatch(/✓ 2 events: every one can be read\n {2}✓ concerts: 2 documents, all as stored\n/)
  expect(code).toBe(0)
  expect(await post(`${url}/concerts`, concert)).toMatchObject({ status: 201 })
})

test('documents that would change are counted and shown, and what to do; nothing is written', async () => {
  const { folder, data, program } = await changing()
  await program.end()
  const before = files(data)
  const { code, said } = await check(folder)
  expect(said).toMatch(/✗ concerts: 2 documents, 2 different\n.*raise its revision.*- name: "\w+"\n +\+ name: "\w+"/s)
  expect(said).toContain('+ name: "OPERA"')
  expect(said).toContain('✓ tickets')
  expect(code).toBe(1)
  expect(files(data)).toEqual(before)
})

test('differences that are meant are accepted by name', async () => {
  const { folder } = await changing()
  expect(await check(folder, '--may-differ', 'concerts')).toMatchObject({ code: 0 })
  expect(await check(folder, '--may-differ', 'tickets')).toMatchObject({ code: 1 })
  expect(await check(folder, '--may-differ', 'concert')).toMatchObject({
    code: 2,
    said: expect.stringContaining("--may-differ names 'concert', but the projections are concerts, tickets."),
  })
})

test('programs read the same as JSON', async () => {
  const { folder } = await changing()
  const { code, said } = await check(folder, '--json')
  expect(JSON.parse(said)).toMatchObject([
    {
      app: 'box-office',
      events: 2,
      findings: [],
      projections: [{ name: 'concerts', different: 2 }, { name: 'tickets' }],
    },
  ])
  expect(code).toBe(1)
})

test('without a store there is nothing to check, and none is made', async () => {
  const folder = temporaryFolder()
  const { code, said } = await check(folder, boxOffice)
  expect(said).toMatch(/There is no box-office\.db in data.*--data.*DATABASE_URL/)
  expect(code).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})
