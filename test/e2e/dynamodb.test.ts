import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dynoxide, startDynoxide } from '../../packages/engine-dynamodb/src/local/index.ts'
import { temporaryFolder } from './folders.ts'
import { type Answer, get, post } from './http.ts'
import { boxOffice, execute, operatorKey, temporaryDatabase } from './postgres.ts'
import { examples, listening, logLine, type Program, type Server, startExamples, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 500, ticketPrice: 12.5 }
const buyer = { customerName: 'Ann', customerEmail: 'ann@example.org' }

let dynoxide: Dynoxide
beforeAll(async () => {
  dynoxide = await startDynoxide()
})
afterAll(() => dynoxide.stop())

let stores = 0

/** Tables and a database of one's own, as the environment names them. */
async function temporaryStore(): Promise<Record<string, string>> {
  stores += 1
  return {
    EVENT_STORE: 'dynamodb',
    DATABASE_URL: await temporaryDatabase(),
    DYNAMODB_TABLES: `test-${stores}-`,
    AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
    WEIR_OPERATOR_KEY: operatorKey,
  }
}

const serve = (env: Record<string, string>, cwd: string): Promise<Server> =>
  listening(weir(['start', boxOffice, '--port', '0'], { cwd, env }))

const tokenOf = ({ headers }: Answer) => ({
  'consistency-token': String(headers['consistency-token']),
  prefer: 'wait=20',
})

async function said(program: Program): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code } = await program.ended
  expect(program.stderr).not.toMatch(/\n\s+at /)
  return { code, stdout: program.stdout, stderr: program.stderr }
}

test('a server that is killed while tickets are sold has lost none, and goes on', async () => {
  const env = await temporaryStore()
  const cwd = temporaryFolder()
  const first = await serve(env, cwd)
  const { id } = (await post(`${first.url}/concerts`, concert)).body
  const sold: Answer[] = []
  const buyers = Array.from({ length: 8 }, async () => {
    while (sold.length < 100) sold.push(await post(`${first.url}/tickets`, { concertId: id, ...buyer }))
  })
  const selling = Promise.allSettled(buyers)
  await expect.poll(() => sold.length, { timeout: 20_000 }).toBeGreaterThan(50)
  await first.program.end('SIGKILL')
  await selling
  const acknowledged = sold.filter(({ status }) => status === 201)
  const second = await serve(env, cwd)
  const last = acknowledged.at(-1) as Answer
  const read = await get(`${second.url}/concerts/${id}`, tokenOf(last))
  expect(read).toMatchObject({ status: 200, headers: { 'consistency-status': 'reached' } })
  const tickets = await get(`${second.url}/tickets?limit=500`, tokenOf(last))
  const ids = new Set(tickets.body.map((ticket: { id: string }) => ticket.id))
  expect(acknowledged.every(({ body }) => ids.has(body.id))).toBe(true)
  expect(read.body.availableTickets).toBe(concert.availableTickets - ids.size)
  const more = await post(`${second.url}/tickets`, { concertId: id, ...buyer })
  const after = await get(`${second.url}/concerts/${id}`, tokenOf(more))
  // What was written when the server died, and never acknowledged, is found by now.
  const all = await get(`${second.url}/tickets?limit=500`, tokenOf(more))
  expect(after.body.availableTickets).toBe(concert.availableTickets - all.body.length)
  expect(after.body.availableTickets).toBeLessThan(read.body.availableTickets)
  expect(await second.program.end()).toEqual({ code: 0, signal: null })
})

test('npm start keeps each application in tables of its own, and its documents in PostgreSQL', async () => {
  const env = await temporaryStore()
  const cwd = temporaryFolder()
  const { url, program } = await startExamples(['--port', '0'], { cwd, env })
  const scheduled = await post(`${url}/concerts`, concert)
  expect(await get(`${url}/concerts`, tokenOf(scheduled))).toMatchObject({ status: 200, body: [concert] })
  const { data } = logLine(program, 'listening') ?? {}
  expect(data).toMatch(`DynamoDB tables ${env.DYNAMODB_TABLES}* at ${dynoxide.endpoint}, postgres://127.0.0.1`)
  const events = await execute(env.DATABASE_URL ?? '', 'SELECT count(*)::int AS count FROM "box-office".commits')
  expect(events).toEqual([{ count: 0 }])
  expect(await said(examples(['check'], { cwd, env }))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/✓ 1 event: every one can be read\n {2}✓ concerts: 1 document, all as stored\n/),
  })
  expect(await program.end()).toEqual({ code: 0, signal: null })
})

test('in production no tables are made, but it is said what to do', async () => {
  const env = { ...(await temporaryStore()), NODE_ENV: 'production' }
  const { code, stderr } = await said(weir(['start', boxOffice, '--port', '0'], { cwd: temporaryFolder(), env }))
  expect(stderr).toMatch(/there is no table test-\d+-box-office-events at http:\/\/127.*Deploy the tables/)
  expect(code).toBe(1)
})

test.each([
  [{ DATABASE_URL: '' }, 2, /EVENT_STORE=dynamodb needs PostgreSQL, where the read models are kept\. Set DATABASE_URL/],
  [
    { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' },
    1,
    /DynamoDB at http:\/\/127\.0\.0\.1:1: nothing answers there/,
  ],
  [{ AWS_ENDPOINT_URL_DYNAMODB: '' }, 1, /DynamoDB at its region: no region is named\. Set AWS_REGION/],
  [{ EVENT_STORE: 'dynamo' }, 2, /EVENT_STORE is 'dynamo', but it is one of sqlite, postgres, dynamodb/],
  [{ DYNAMODB_TABLES: 'my tables ' }, 2, /DYNAMODB_TABLES is 'my tables ', but it begins the names of tables/],
])('weir start with %j says what is wrong', async (change, exitCode, message) => {
  const env = { ...(await temporaryStore()), ...change }
  const { code, stderr } = await said(weir(['start', boxOffice, '--port', '0'], { cwd: temporaryFolder(), env }))
  expect(stderr).toMatch(message)
  expect(code).toBe(exitCode)
})
