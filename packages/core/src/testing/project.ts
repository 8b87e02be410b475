import { isDeepStrictEqual } from 'node:util'
import type * as z from 'zod'
import type { AnyProjection, DocumentSchema, Projection, RecordedEvent } from '../definitions/index.ts'
import type { WaitingEvent } from '../ports/index.ts'
import { chance } from './chance.ts'
import { fail, same } from './fail.ts'
import { type Folding, fold } from './folding.ts'
import { asRecorded, expectDistinct, type History } from './history.ts'
import { interleavings } from './interleavings.ts'

export interface ProjectOptions {
  /** How many interleavings are tried when there are more: 200 if not given. */
  readonly interleavings?: number
  /** Another seed tries other interleavings. */
  readonly seed?: number
}

/** A projection under test. */
export interface Projected<Schema extends DocumentSchema> {
  given(...histories: readonly History[]): ProjectedHistories<Schema>
}

/** A projection with all the events that it is to fold. */
export interface ProjectedHistories<Schema extends DocumentSchema> {
  /**
   * These documents and no others, in whatever order; and the same ones however the streams are interleaved and cut into
   * batches.
   *
   * @throws AssertionError (the promise rejects) when the documents are others, when they depend on the interleaving,
   * when a handler fails or changes what it is given, and when an event still waits for its document
   */
  expectDocuments(documents: readonly z.output<Schema>[]): Promise<void>
}

/**
 * Begins a test of a projection.
 *
 * @example
 * await project(Concerts)
 *   .given(history(Concert, 'concert-1', [Concert.event('Scheduled', concert), Concert.event('TicketSold', ada)]))
 *   .expectDocuments([{ id: 'concert-1', ...concert, availableTickets: 99 }])
 */
export function project<Schema extends DocumentSchema>(
  projection: Projection<string, Schema>,
  options: ProjectOptions = {},
): Projected<Schema> {
  return {
    given: (...histories) => ({
      expectDocuments: (documents) => check(projection as AnyProjection, histories, documents, options),
    }),
  }
}

const PURE = 'Are its handlers pure functions of their arguments?'

type Order = readonly RecordedEvent[]

async function check(
  projection: AnyProjection,
  histories: readonly History[],
  documents: readonly { readonly id?: unknown }[],
  { interleavings: limit = 200, seed = 1 }: ProjectOptions,
): Promise<void> {
  const random = chance(seed)
  const where = `The projection '${projection.name}'`
  expectDistinct(histories)
  let first: { readonly order: Order; readonly folding: Folding } | undefined
  for (const order of interleavings(
    histories.map(({ events }) => events),
    limit,
    random,
  )) {
    if (!first) {
      first = { order, folding: await foldWhole(projection, order) }
      expectApplied(where, first.folding.waiting, order)
      same(
        first.folding.documents,
        asRecorded(documents.toSorted(byId)),
        `${where} made other documents than expected.`,
      )
    } else if (differ(first.folding, await foldWhole(projection, order))) {
      await explain(projection, where, first.order, order)
    }
    await checkBatches(projection, where, order, first.folding, random)
  }
}

function foldWhole(projection: AnyProjection, order: Order): Promise<Folding> {
  return fold(projection, order, { batches: [order.length], restart: false })
}

/** The same order has to give the same, event by event and over restarts. */
async function checkBatches(
  projection: AnyProjection,
  where: string,
  order: Order,
  expected: Folding,
  random: () => number,
): Promise<void> {
  const cuts = [
    { batches: order.map(() => 1), restart: false },
    { batches: cut(order.length, random), restart: true },
  ]
  for (const options of cuts) {
    const folding = await fold(projection, order, options)
    if (!differ(expected, folding)) continue
    const how = `in batches of ${options.batches.join(', ')}${options.restart ? ', with restarts between them' : ''}`
    const what = `${where} made other documents of the same events in the same order when they came ${how}`
    same(comparable(folding), comparable(expected), `${what}. ${PURE}\n\n${list(order)}`)
  }
}

function cut(length: number, random: () => number): number[] {
  const batches: number[] = []
  for (let left = length; left > 0; ) {
    const size = 1 + Math.floor(random() * Math.min(left, 4))
    batches.push(size)
    left -= size
  }
  return batches
}

/**
 * Goes from one order to the other by exchanging neighbours, until the documents differ: the two events that were exchanged
 * last are those whose order matters.
 */
async function explain(projection: AnyProjection, where: string, start: Order, end: Order): Promise<void> {
  let before = { order: start, folding: await foldWhole(projection, start) }
  for (const [place, exchanged] of exchanges(start, end)) {
    const after = { order: exchanged, folding: await foldWhole(projection, exchanged) }
    if (differ(before.folding, after.folding)) {
      const rule =
        'but no order is promised between streams: documents must be the same whatever the interleaving (G2).'
      const orders = `${list(before.order, place)}\n\nand\n\n${list(after.order, place)}`
      const message = `${where} makes different documents of these two orders, ${rule}\n\n${orders}`
      same(comparable(after.folding), comparable(before.folding), message)
    }
    before = after
  }
  fail(`${where} makes other documents every time. ${PURE}`)
}

/** The orders between two, each differing from the one before in two neighbours, with the place of the first of them. */
function* exchanges(start: Order, end: Order): Generator<readonly [place: number, order: Order]> {
  let order = [...start]
  for (const [target, event] of end.entries()) {
    for (let place = order.indexOf(event) - 1; place >= target; place -= 1) {
      order = order.with(place, event).with(place + 1, order[place] as RecordedEvent)
      yield [place, order]
    }
  }
}

function expectApplied(where: string, waiting: readonly WaitingEvent[], order: Order): void {
  if (waiting.length === 0) return
  const lines = waiting.map((event) => `  - ${inWords(event, order)}`)
  fail(`${where} could not apply all events:\n${lines.join('\n')}`)
}

function inWords({ stream, version, document, error }: WaitingEvent, order: Order): string {
  const type = order.find((event) => event.stream === stream && event.version === version)?.type
  const what = `${type} (${stream}, version ${version})`
  if (error !== undefined) return `${what} failed: ${error}`
  return `${what} waits for the document '${document}', which no event has made`
}

function list(order: Order, marked = Number.NaN): string {
  const mark = (place: number) => (place === marked || place === marked + 1 ? '>' : ' ')
  return order
    .map(({ type, stream, version }, place) => `${mark(place)} ${type} (${stream}, version ${version})`)
    .join('\n')
}

function comparable({ documents, waiting }: Folding): object {
  return waiting.length === 0
    ? { documents }
    : {
        documents,
        waiting: waiting.map(({ stream, version, document, error }) => ({ stream, version, document, error })),
      }
}

function differ(a: Folding, b: Folding): boolean {
  return !isDeepStrictEqual(comparable(a), comparable(b))
}

function byId(a: { readonly id?: unknown }, b: { readonly id?: unknown }): number {
  return Buffer.compare(Buffer.from(String(a.id)), Buffer.from(String(b.id)))
}
