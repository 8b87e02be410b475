import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, getAll, ready } from './http.ts'
import { type Attempt, load, send } from './load.ts'
import { fold, type LoggedEvent, readLog } from './log.ts'
import { printedSeed, seededRandom } from './seeded.ts'
import { type Server, startBoxOffice } from './weir.ts'

const kills = 20
const callers = 48

/** Draws commands for the box office. Each bears a number of its own, by which its event is known in the log. */
class Customers {
  readonly attempts: Attempt[] = []
  readonly #concerts: Attempt[] = []
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  draw(): Attempt {
    const name = `number-${this.attempts.length}`
    const concert = this.#anyConcert()
    const isBuyer = concert !== undefined && this.#random() > 0.03
    const attempt: Attempt = {
      ...(isBuyer
        ? { path: '/tickets', body: ticket(name, concert) }
        : { path: '/concerts', body: this.#concert(name) }),
      key: this.#random() < 0.75 ? `key-of-${name}` : undefined,
    }
    this.attempts.push(attempt)
    if (!isBuyer) this.#concerts.push(attempt)
    return attempt
  }

  accepted(path: string): Attempt[] {
    return this.attempts.filter((attempt) => attempt.path === path && attempt.answer?.status === 201)
  }

  #anyConcert(): string | undefined {
    const accepted = this.#concerts.filter(({ answer }) => answer?.status === 201)
    return accepted[Math.floor(this.#random() * accepted.length)]?.answer?.body.id
  }

  #concert(name: string): Record<string, unknown> {
    const availableTickets = Math.floor(this.#random() * 60)
    return { name, date: '2031-05-01', venue: 'Hall', availableTickets, ticketPrice: 1 }
  }
}

const ticket = (name: string, concertId: string) => ({
  concertId,
  customerName: 'Ann',
  customerEmail: `${name}@example.org`,
})

/** What names a command and its event: the number that it was drawn with. */
const nameOf = ({ name, customerEmail }: Readonly<Record<string, unknown>>): string =>
  String(name ?? customerEmail).replace('@example.org', '')

const idOf = ({ type, stream, data }: LoggedEvent): unknown =>
  type === 'Scheduled' ? stream.replace('concert-', '') : data.ticketId

function checkLog(events: readonly LoggedEvent[], attempts: readonly Attempt[]): void {
  const recorded = Map.groupBy(events, ({ data }) => nameOf(data))
  const wrong = attempts.filter(({ body, answer }) => {
    const ids = (recorded.get(nameOf(body)) ?? []).map(idOf)
    if (answer === undefined) return ids.length > 1
    return answer.status === 201 ? ids.length !== 1 || ids[0] !== answer.body.id : ids.length > 0
  })
  expect(wrong).toEqual([])
  const sent = new Set(attempts.map(({ body }) => nameOf(body)))
  expect([...recorded.keys()].filter((name) => !sent.has(name))).toEqual([])
}

async function checkReadModels({ url }: Server, events: readonly LoggedEvent[]): Promise<void> {
  const byId = (documents: readonly Record<string, unknown>[]) => new Map(documents.map((each) => [each.id, each]))
  const { concerts, tickets } = fold(events)
  expect(byId(await getAll(`${url}/concerts?limit=1000`))).toEqual(concerts)
  expect(byId(await getAll(`${url}/tickets?limit=1000`))).toEqual(tickets)
  expect([...concerts.values()].filter(({ availableTickets }) => Number(availableTickets) < 0)).toEqual([])
}

/** What a token of before the kill stands for is there. */
async function checkToken({ url }: Server, attempt: Attempt | undefined): Promise<void> {
  if (!attempt?.answer) return
  const token = String(attempt.answer.headers['consistency-token'])
  const { status, headers } = await get(`${url}/concerts/${attempt.answer.body.id}`, { 'consistency-token': token })
  expect({ status, consistency: headers['consistency-status'] }).toEqual({ status: 200, consistency: 'reached' })
}

/** Commands whose answer was lost get one now; some of those that were accepted get the same one again. */
async function retry({ url }: Server, { attempts }: Customers, random: () => number): Promise<void> {
  const keyed = attempts.filter(({ key }) => key !== undefined)
  for (const attempt of keyed.filter(({ answer }) => answer === undefined)) {
    expect(await send(url, attempt)).toBe(true)
    expect(attempt.answer?.status).toBeOneOf([201, 400])
  }
  for (const attempt of keyed.filter(({ answer }) => answer?.status === 201 && random() < 0.02)) {
    const before = attempt.answer
    await send(url, attempt)
    expect(attempt.answer).toMatchObject({ status: 201, body: before?.body })
  }
}

async function check(server: Server, data: string, customers: Customers, random: () => number): Promise<void> {
  await ready(server.url)
  const events = readLog(data)
  checkLog(events, customers.attempts)
  await checkReadModels(server, events)
  await checkToken(server, customers.accepted('/concerts').at(-1))
  await retry(server, customers, random)
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
  const answers = Map.groupBy(customers.attempts, ({ answer }) => answer?.status)
  console.info(`Commands by answer: ${[...answers].map(([status, { length }]) => `${status}: ${length}`).join(', ')}`)
  expect(customers.accepted('/tickets').length).toBeGreaterThan(500)
})
