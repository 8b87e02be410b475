import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { type Answer, get, post, ready } from './http.ts'
import { boxOffice, operatorKey, serveBoxOffice, temporaryDatabase, weirOn, workOnBoxOffice } from './postgres.ts'
import { logLine, type Server } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }

/** Schedules a concert and reads it with the token of that. */
async function writeAndRead({ url }: Server): Promise<Answer> {
  const scheduled = await post(`${url}/concerts`, concert)
  expect(scheduled).toMatchObject({ status: 201 })
  const headers = { 'consistency-token': String(scheduled.headers['consistency-token']), prefer: 'wait=20' }
  return get(`${url}/concerts/${scheduled.body.id}`, headers)
}

const reached = { status: 200, body: concert, headers: { 'consistency-status': 'reached' } }

test('a server without workers answers, a worker folds; another takes over from one that is killed', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const server = await serveBoxOffice(database, cwd, ['--no-workers'])
  const first = await workOnBoxOffice(database, cwd)
  expect(await writeAndRead(server)).toMatchObject(reached)
  await first.program.end('SIGKILL')
  const second = await workOnBoxOffice(database, cwd)
  for (let count = 0; count < 8; count += 1) expect(await writeAndRead(server)).toMatchObject(reached)
  expect(await second.program.end()).toEqual({ code: 0, signal: null })
})

test('two workers share the partitions; one goes on alone when the other is killed', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const server = await serveBoxOffice(database, cwd, ['--no-workers'])
  const [first, second] = [await workOnBoxOffice(database, cwd), await workOnBoxOffice(database, cwd)]
  for (let count = 0; count < 8; count += 1) expect(await writeAndRead(server)).toMatchObject(reached)
  await first.program.end('SIGKILL')
  for (let count = 0; count < 8; count += 1) expect(await writeAndRead(server)).toMatchObject(reached)
  expect(await second.program.end()).toEqual({ code: 0, signal: null })
})

test('a worker listens only when it is told to, and serves health and operations, no routes', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const silent = await workOnBoxOffice(database, cwd)
  expect(silent.line).not.toHaveProperty('url')
  const { line } = await workOnBoxOffice(database, cwd, ['--port', '0'])
  expect(await get(`${line.url}/health`)).toMatchObject({ status: 200 })
  await ready(String(line.url))
  const operated = await get(`${line.url}/ops`, { 'x-operator-key': operatorKey })
  expect(operated).toMatchObject({ status: 200 })
  expect(await get(`${line.url}/concerts`)).toMatchObject({ status: 404 })
  expect(await silent.program.end()).toEqual({ code: 0, signal: null })
})

test('in production a worker needs a key only when it listens, and none for routes', async () => {
  const database = await temporaryDatabase()
  const cwd = temporaryFolder()
  const env = { NODE_ENV: 'production', WEIR_OPERATOR_KEY: '' }
  const refused = weirOn(database, cwd, ['work', boxOffice, '--port', '0'], env)
  expect(await refused.ended).toMatchObject({ code: 1 })
  expect(refused.stderr).toMatch(/WEIR_OPERATOR_KEY/)
  const silent = weirOn(database, cwd, ['work', boxOffice], env)
  expect(await silent.until(() => logLine(silent, 'working'))).not.toHaveProperty('keys')
})
