import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { expectEnds, Shop } from './coffee.ts'
import { go, type Path, paths } from './coffee-paths.ts'
import { Customers, checkLog, checkReadModels, printAnswers, retry } from './customers.ts'
import { temporaryFolder } from './folders.ts'
import { type Answer, get, ready } from './http.ts'
import { type Attempt, send } from './load.ts'
import { fold, readPostgresLog } from './log.ts'
import { boxOffice, operatorKey, temporaryDatabase, weirOn } from './postgres.ts'
import { printedSeed, seededRandom } from './seeded.ts'
import { Servers } from './servers.ts'

/** Seconds for which a random process is killed every second; `WEIR_KILL_SECONDS` sets others. */
const killSeconds = (seconds: number): number => Number(process.env.WEIR_KILL_SECONDS ?? seconds)

/** So that what a killed process had is taken over while the next ones are killed. */
const takeOver = { WEIR_TAKE_OVER_AFTER: '1' }

/** How long customers take until they know what they want next, at most, in milliseconds. */
const moment = 100

const processes = 3
const buyers = 24
const drinkers = 12

/** How reads with a token of the write just answered were answered. */
type Reads = Map<string, number>

/** Lets so many work, one step after the other, while a random server is killed every second, and after it no more. */
async function underFire(
  servers: Servers,
  { seconds, workers, random }: { readonly seconds: number; readonly workers: number; readonly random: () => number },
  step: () => Promise<void>,
): Promise<void> {
  await servers.urls()
  let isOver = false
  const work = async () => {
    while (!isOver) {
      await step()
      await pause(random() * moment)
    }
  }
  const working = Promise.all(Array.from({ length: workers }, work))
  // One that fails is told of below: nothing may be started when the test has ended.
  working.catch(() => {})
  await servers.killEverySecond(random, seconds).finally(() => (isOver = true))
  await working
}

/** Sends a command to one server after the other until it is answered; one without a key only once. */
async function place(servers: Servers, attempt: Attempt): Promise<void> {
  do {
    await send(await servers.url(), attempt)
    // It may have taken effect or not.
    if (attempt.answer && attempt.answer.status >= 500) delete attempt.answer
  } while (attempt.key !== undefined && !attempt.answer)
}

/** Whatever is said to be current, at any server, shows the write. */
async function readBack(servers: Servers, path: string, written: Answer, reads: Reads): Promise<void> {
  const token = { 'consistency-token': String(written.headers['consistency-token']), prefer: 'wait=5' }
  const { id } = written.body
  const read = await get(`${await servers.url()}${path}/${id}`, token).catch(() => undefined)
  const consistency = String(read?.headers['consistency-status'])
  if (consistency === 'reached') expect(read).toMatchObject({ status: 200, body: { id } })
  reads.set(consistency, (reads.get(consistency) ?? 0) + 1)
}

test('three box offices on one PostgreSQL, a random one killed every second: nothing is lost, doubled or oversold', {
  timeout: 90_000 + killSeconds(60) * 1000,
}, async () => {
  const seconds = killSeconds(60)
  const random = seededRandom(printedSeed())
  const database = await temporaryDatabase()
  const start = ['start', boxOffice, '--port', '0']
  const folders = Array.from({ length: processes }, temporaryFolder)
  let started = 0
  const servers = new Servers(processes, () => weirOn(database, folders[started++ % processes] ?? '', start, takeOver))
  const customers = new Customers(random)
  const reads: Reads = new Map()
  await underFire(servers, { seconds, workers: buyers, random }, async () => {
    const attempt = customers.draw()
    await place(servers, attempt)
    const { path, answer } = attempt
    if (answer?.status === 201 && random() < 0.3) await readBack(servers, path, answer, reads)
  })
  await checkEverywhere(servers, database, customers, random)
  printAnswers(customers)
  console.info(`Reads by consistency: ${[...reads].map(([status, count]) => `${status}: ${count}`).join(', ')}`)
  expect(customers.accepted('/tickets').length).toBeGreaterThan(seconds)
  expect(reads.get('reached')).toBeGreaterThan(0)
})

async function checkEverywhere(servers: Servers, database: string, customers: Customers, random: () => number) {
  const urls = await servers.urls()
  await Promise.all(urls.map(ready))
  for (const url of urls) await retry(url, customers, random)
  const events = await readPostgresLog(database)
  checkLog(events, customers.attempts)
  const folded = fold(events)
  for (const url of urls) await vi.waitFor(() => checkReadModels(url, folded), { timeout: 20_000 })
}

test('three coffee shops on one PostgreSQL, a random one killed every second: each order ends, charged once', {
  timeout: 90_000 + killSeconds(15) * 1000,
}, async () => {
  const seconds = killSeconds(15)
  const random = seededRandom(printedSeed())
  const database = await temporaryDatabase()
  const env = { DATABASE_URL: database, WEIR_OPERATOR_KEY: operatorKey, ...takeOver }
  const shop = new Shop(temporaryFolder(), env, processes)
  const all = Object.values(paths)
  const customers: string[] = []
  await underFire(shop.servers, { seconds, workers: drinkers, random }, async () => {
    const number = customers.push(`customer-${customers.length}`) - 1
    await go(shop, all[number % all.length] as Path, `customer-${number}`)
  })
  const orders = (await Promise.all(customers.map((customerId) => shop.orders(customerId)))).flat()
  console.info(`Orders: ${orders.length}`)
  expect(orders).toHaveLength(customers.length)
  expectEnds(orders, shop.books())
})
