import { expect, test } from 'vitest'
import { Customers, checkLog, checkReadModels, printAnswers, retry } from './customers.ts'
import { temporaryFolder } from './folders.ts'
import { get, ready } from './http.ts'
import { type Attempt, load } from './load.ts'
import { fold, readLog } from './log.ts'
import { printedSeed, seededRandom } from './seeded.ts'
import { type Server, startBoxOffice } from './weir.ts'

const kills = 20
const callers = 48

/** What a token of before the kill stands for is there. */
async function checkToken({ url }: Server, attempt: Attempt | undefined): Promise<void> {
  if (!attempt?.answer) return
  const token = String(attempt.answer.headers['consistency-token'])
  const { status, headers } = await get(`${url}/concerts/${attempt.answer.body.id}`, { 'consistency-token': token })
  expect({ status, consistency: headers['consistency-status'] }).toEqual({ status: 200, consistency: 'reached' })
}

async function check(server: Server, data: string, customers: Customers, random: () => number): Promise<void> {
  await ready(server.url)
  const events = readLog(data)
  checkLog(events, customers.attempts)
  await checkReadModels(server.url, fold(events))
  await checkToken(server, customers.accepted('/concerts').at(-1))
  await retry(server.url, customers, random)
}

/** Kills the server after so many commands were begun, while some are under way. */
async function killUnderLoad({ url, program }: Server, customers: Customers, after: number): Promise<void> {
  let begun = 0
  await load(url, callers, () => {
    if (++begun === after) program.child.kill('SIGKILL')
    return customers.draw()
  })
  await program.ended
}

test('killed at random moments under load: what was acknowledged is there, once, and folded', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(printedSeed())
  const data = temporaryFolder()
  const customers = new Customers(random)
  for (let kill = 0; kill < kills; kill++) {
    const server = await startBoxOffice(data)
    const isCatchingUp = random() < 0.2
    if (!isCatchingUp) await check(server, data, customers, random)
    await killUnderLoad(server, customers, isCatchingUp ? 1 : 1 + Math.floor(random() * 1000))
  }
  const server = await startBoxOffice(data)
  await check(server, data, customers, random)
  printAnswers(customers)
  expect(customers.accepted('/tickets').length).toBeGreaterThan(500)
})
