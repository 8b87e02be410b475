import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post, ready } from './http.ts'
import { serveBoxOffice, temporaryDatabase } from './postgres.ts'
import { startBoxOffice, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }

async function copy(cwd: string, ...args: string[]) {
  const program = weir(['copy', ...args], { cwd })
  const { code } = await program.ended
  expect(program.stderr).not.toMatch(/\n\s+at /)
  return { code, said: program.stdout + program.stderr }
}

const digestIn = (said: string) => /✓ both hold .*: ([0-9a-f]{16})/.exec(said)?.[1]

test('an application moves from SQLite to PostgreSQL and back: what it knows, and what it has answered, goes with it', async () => {
  const database = await temporaryDatabase()
  const folder = temporaryFolder()
  const [here, there] = [join(folder, 'data'), join(folder, 'back')]
  const onFile = await startBoxOffice(folder, ['--data', here])
  const key = { 'idempotency-key': 'once' }
  const scheduled = await post(`${onFile.url}/concerts`, concert, key)
  const path = String(scheduled.headers.location)
  await post(`${onFile.url}/tickets`, {
    concertId: path.split('/').at(-1),
    customerName: 'Ada',
    customerEmail: 'a@b.cd',
  })
  await onFile.program.end()

  const moved = await copy(folder, '--from', here, '--to', database)
  expect(moved).toMatchObject({ code: 0, said: expect.stringContaining('✓ both hold 2 events') })
  const onServer = await serveBoxOffice(database, folder)
  await ready(onServer.url)
  expect(await get(`${onServer.url}${path}`, {})).toMatchObject({ status: 200, body: { availableTickets: 8 } })
  const again = await post(`${onServer.url}/concerts`, concert, key)
  expect([again.status, again.headers.location]).toEqual([scheduled.status, path])
  const refused = await get(`${onServer.url}${path}`, {
    'consistency-token': String(scheduled.headers['consistency-token']),
  })
  expect(refused).toMatchObject({ status: 400, body: { code: 'foreign-consistency-token' } })
  await onServer.program.end()

  const back = await copy(folder, '--from', database, '--to', there, '--app', 'box-office')
  expect(back.code).toBe(0)
  expect(digestIn(back.said)).toBe(digestIn(moved.said))
  const compared = await copy(folder, '--verify', '--from', here, '--to', there)
  expect([compared.code, digestIn(compared.said)]).toEqual([0, digestIn(moved.said)])
})
