import { engines, type Store } from '@weir-examples/harness'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startRuntime } from 'weir/runtime'
import { seededIdentity, virtualClock } from 'weir/testing'
import { Concert } from './concert.ts'
import { boxOffice } from './index.ts'
import { Concerts, Tickets } from './read-models.ts'

/** What comes in at once; the next wave comes when all of it has been answered, or after a restart. */
interface Wave {
  readonly requests: readonly Request[]
  readonly restart: boolean
}

type Request =
  | { readonly kind: 'schedule'; readonly concert: string; readonly seats: number }
  | { readonly kind: 'buy'; readonly concert: string; readonly buyer: string }

const concert = fc.constantFrom('cure', 'blur', 'pulp')

const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('schedule' as const), concert, seats: fc.nat(6) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('buy' as const), concert, buyer: fc.constantFrom('ada', 'bob', 'cat') }),
  },
)

const waves: fc.Arbitrary<Wave[]> = fc.array(
  fc.record({ requests: fc.array(request, { maxLength: 15, size: 'max' }), restart: fc.boolean() }),
  { maxLength: 6, size: 'max' },
)

/** The box office as a child would keep it: a list of concerts and a heap of tickets. */
class Model {
  readonly left = new Map<string, number>()
  readonly sold: { readonly concert: string; readonly buyer: string }[] = []

  answer(request: Request): string {
    const { concert } = request
    const left = this.left.get(concert)
    if (request.kind === 'schedule') {
      if (left !== undefined) return 'concert-exists'
      this.left.set(concert, request.seats)
      return 'accepted'
    }
    if (left === undefined) return 'concert-not-found'
    if (left === 0) return 'sold-out'
    this.left.set(concert, left - 1)
    this.sold.push({ concert, buyer: request.buyer })
    return 'accepted'
  }
}

const messageOf = (request: Request) => {
  if (request.kind === 'buy') {
    const customerEmail = `${request.buyer}@example.org`
    return Concert.commands.buyTicket(request.concert, { customerName: request.buyer, customerEmail })
  }
  const details = { name: request.concert, date: '2030-05-01', venue: 'Arena', ticketPrice: 50 }
  return Concert.commands.schedule(request.concert, { ...details, availableTickets: request.seats })
}

async function play(store: Store, all: readonly Wave[], seed: number): Promise<void> {
  const clock = virtualClock()
  const identity = seededIdentity(seed, clock)
  const start = () => clock.run(startRuntime(boxOffice, { engine: store.engine, clock, identity }))
  const model = new Model()
  let runtime = await start()
  try {
    for (const { requests, restart } of all) {
      const expected = requests.map((each) => model.answer(each))
      const outcomes = await clock.run(Promise.all(requests.map((each) => runtime.execute(messageOf(each)))))
      const seen = outcomes.map((each) => (each.outcome === 'rejected' ? each.rejection.code : each.outcome))
      expect(seen).toEqual(expected)
      if (!restart) continue
      await clock.run(runtime.stop())
      runtime = await start()
    }
    await clock.run(runtime.settled())
    const concerts = await clock.run(runtime.list(Concerts, { limit: 1000 }))
    expect(new Map(concerts.documents.map((each) => [each.id, each.availableTickets]))).toEqual(
      new Map([...model.left].sort()),
    )
    const tickets = await clock.run(runtime.list(Tickets, { limit: 1000 }))
    const sold = tickets.documents.map((each) => ({ concert: each.concertId, buyer: each.customerName }))
    expect(sold.sort(byText)).toEqual(model.sold.sort(byText))
  } finally {
    await clock.run(runtime.stop())
    store.dispose()
  }
}

const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** A server takes its time for each store that is made on it. */
const runsOn = (engine: string) => (engine === 'postgres' ? 8 : 60)

describe.each(Object.entries(engines))('on %s', (engine, openStore) => {
  test('every buyer is answered as if they stood in one queue, and no seat is sold twice', async () => {
    const property = fc.asyncProperty(waves, fc.nat(), async (all, seed) => play(await openStore(), all, seed))
    await fc.assert(property, { numRuns: runsOn(engine), seed: 1 })
  })
})
