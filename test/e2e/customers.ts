import { expect } from 'vitest'
import { getAll } from './http.ts'
import { type Attempt, send } from './load.ts'
import { type Folded, fold, type LoggedEvent } from './log.ts'

/** Draws commands for the box office. Each bears a number of its own, by which its event is known in the log. */
export class Customers {
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

/** What was acknowledged is recorded once, what was refused is not, and nobody was refused a ticket that was left. */
export function checkLog(events: readonly LoggedEvent[], attempts: readonly Attempt[]): void {
  const recorded = Map.groupBy(events, ({ data }) => nameOf(data))
  const { concerts } = fold(events)
  const wrong = attempts.filter(({ body, answer }) => {
    const ids = (recorded.get(nameOf(body)) ?? []).map(idOf)
    if (answer === undefined) return ids.length > 1
    if (answer.status === 201) return ids.length !== 1 || ids[0] !== answer.body.id
    return ids.length > 0 || concerts.get(String(body.concertId))?.availableTickets !== 0
  })
  expect(wrong).toEqual([])
  const sent = new Set(attempts.map(({ body }) => nameOf(body)))
  expect([...recorded.keys()].filter((name) => !sent.has(name))).toEqual([])
}

/** What a server answers is what the log gives when it is folded by hand, and no ticket too many is sold. */
export async function checkReadModels(url: string, { concerts, tickets }: Folded): Promise<void> {
  const byId = (documents: readonly Record<string, unknown>[]) => new Map(documents.map((each) => [each.id, each]))
  expect(byId(await getAll(`${url}/concerts?limit=1000`))).toEqual(concerts)
  expect(byId(await getAll(`${url}/tickets?limit=1000`))).toEqual(tickets)
  expect([...concerts.values()].filter(({ availableTickets }) => Number(availableTickets) < 0)).toEqual([])
}

/** Commands whose answer was lost get one now; some of those that were accepted get the same one again. */
export async function retry(url: string, { attempts }: Customers, random: () => number): Promise<void> {
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

/** Prints how many commands were answered how. */
export function printAnswers({ attempts }: Customers): void {
  const answers = Map.groupBy(attempts, ({ answer }) => answer?.status)
  console.info(`Commands by answer: ${[...answers].map(([status, { length }]) => `${status}: ${length}`).join(', ')}`)
}
