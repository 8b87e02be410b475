import { expect } from 'vitest'
import * as z from 'zod'
import {
  type AnyProjection,
  type App,
  after,
  aggregate,
  app,
  type CommandMessage,
  policy,
  projection,
  provide,
  type RecordedEvent,
  service,
} from '../definitions/index.ts'
import type { Append } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import type { OnDemand } from './on-demand.ts'
import type { RuntimeOptions } from './options.ts'
import type { AcceptedOutcome, Runtime } from './types.ts'
import type { Faults, World } from './world.fixture.ts'

/** A box office in pieces: concerts, tickets for them, mails about these, and concerts that close. */

const nothing = z.object({})

const Concert = aggregate('concert', {
  events: { Scheduled: z.object({ seats: z.int() }), Closed: nothing },
  initialState: 0,
})
  .evolve({ Scheduled: (count) => count + 1, Closed: (count) => count + 1 })
  .commands({
    schedule: { input: z.object({ seats: z.int() }), decide: (_, data) => ({ type: 'Scheduled', data }) },
    close: { input: nothing, decide: () => ({ type: 'Closed', data: {} }) },
  })

const Ticket = aggregate('ticket', { events: { Bought: z.object({ concert: z.string() }) }, initialState: 0 })
  .evolve({ Bought: (count) => count + 1 })
  .commands({ buy: { input: z.object({ concert: z.string() }), decide: (_, data) => ({ type: 'Bought', data }) } })

const Mail = aggregate('mail', { events: { Sent: nothing }, initialState: 0 })
  .evolve({ Sent: (count) => count + 1 })
  .commands({ send: { input: nothing, decide: () => ({ type: 'Sent', data: {} }) } })

const schema = z.object({ id: z.string(), seats: z.int(), sold: z.int() })
export type ConcertDocument = z.output<typeof schema>

/** A concert of this name breaks its handler for as long as it is not mended. */
export const BROKEN = 'broken'

/**
 * Tickets may come before their concert, and live in other partitions.
 *
 * @param onScheduled is told by the handler which concert it is at, as is `onBought`
 */
function concertsOf(options: BoxOfficeOptions) {
  const { revision = 1, isMended = () => false, onScheduled = () => {}, onBought = () => {} } = options
  return projection('concerts', { schema, revision, indexes: ['sold'] })
    .create(Concert, {
      Scheduled: ({ aggregateId: id, data }) => {
        onScheduled(id)
        if (id === BROKEN && !isMended()) throw new Error('no such hall')
        return { id, seats: data.seats, sold: 0 }
      },
    })
    .update(
      Ticket,
      {
        Bought: (document) => {
          onBought(document.id)
          return { ...document, sold: document.sold + 1 }
        },
      },
      { id: (e) => e.data.concert },
    )
}

/** Sends the mails; it may refuse to. */
interface Post {
  send(ticket: string): void | Promise<void>
}

const PostService = service<Post>('post')

const confirm = policy('confirm', { services: { post: PostService }, attempts: 4 }).on(Ticket, {
  Bought: async ({ aggregateId }, { post }) => {
    await post.send(aggregateId)
    return Mail.commands.send(aggregateId, {})
  },
})

const close = policy('close').on(Concert, {
  Scheduled: ({ aggregateId }) => after('15 minutes', Concert.commands.close(aggregateId, {}), { key: aggregateId }),
})

interface BoxOfficeOptions {
  /** Of the projection's definition. */
  readonly revision?: number
  readonly isMended?: () => boolean
  readonly onScheduled?: (concert: string) => void
  readonly onBought?: (concert: string) => void
}

interface BoxOffice {
  readonly app: App
  readonly Concerts: AnyProjection
}

function boxOfficeOf(options: BoxOfficeOptions = {}): BoxOffice {
  const Concerts = concertsOf(options)
  return {
    Concerts,
    app: app('box-office', { routes: {}, projections: [Concerts], policies: [confirm, close], aggregates: [Mail] }),
  }
}

export const schedule = (id: string, seats = 100): CommandMessage => Concert.commands.schedule(id, { seats })
export const buy = (id: string, concert: string): CommandMessage => Ticket.commands.buy(id, { concert })

export interface ProcessOptions extends BoxOfficeOptions, Omit<Partial<RuntimeOptions>, 'services'> {
  readonly faults?: Faults
  readonly post?: Post['send']
}

/** One process of the box office, as a cloud would start it. */
export class Process {
  readonly world: World
  readonly runtime: Runtime
  readonly concerts: AnyProjection

  private constructor(world: World, runtime: Runtime, concerts: AnyProjection) {
    this.world = world
    this.runtime = runtime
    this.concerts = concerts
  }

  static async start(world: World, { faults, post = () => {}, ...options }: ProcessOptions = {}): Promise<Process> {
    const { app, Concerts } = boxOfficeOf(options)
    const services = [provide(PostService, { send: post })]
    const runtime = await world.start(app, faults, { works: 'on demand', services, ...options })
    return new Process(world, runtime, Concerts)
  }

  get onDemand(): OnDemand {
    if (!this.runtime.onDemand) throw new Error('it does not work on demand')
    return this.runtime.onDemand
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.world.run(work)
  }

  /** Executes commands one after the other; answers the token of the last one. */
  async execute(...messages: readonly CommandMessage[]): Promise<string> {
    const outcomes = []
    for (const message of messages) outcomes.push(await this.run(this.runtime.execute(message)))
    for (const { outcome } of outcomes) expect(outcome).toBe('accepted')
    return (outcomes.at(-1) as AcceptedOutcome).token
  }

  /** Folds each partition once, as doorbells would have it. */
  async foldAll(): Promise<string[]> {
    const partitions = this.world.engine.partitions
    const folds = Array.from({ length: partitions }, (_, each) => this.run(this.onDemand.fold('concerts', each)))
    return Promise.all(folds)
  }

  async documents(token?: string) {
    const options = token === undefined ? {} : { token, wait: 1000 }
    const answer = await this.run(this.runtime.list(this.concerts, options))
    return { documents: answer.documents as ConcertDocument[], consistency: answer.consistency }
  }
}

export interface MortalOptions {
  /** A stream: to append to it kills. */
  readonly deadly?: string
  /** Waits before each answer of a store. */
  readonly delay?: () => Promise<void>
}

/** Stores that answer a process nothing any more as soon as it is killed. What they were asked before may take effect. */
export function mortal({ deadly, delay }: MortalOptions = {}): { readonly faults: Faults; readonly kill: () => void } {
  let isAlive = true
  const never = () => new Promise(() => {})
  const slowly = async (call: () => unknown) => {
    await delay?.()
    const answer = isAlive ? await call() : await never()
    await delay?.()
    return isAlive ? answer : never()
  }
  const isDeadly = (group: unknown) =>
    deadly !== undefined && (group as Append[]).some(({ streams }) => streams.some(({ stream }) => stream === deadly))
  const dying = <T extends object>(store: T): Partial<T> =>
    new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function' || name === 'covers' || name === 'onAppended') return method
        return (...args: unknown[]) => {
          if (name === 'append' && isDeadly(args[0])) kill()
          return slowly(() => method.apply(target, args))
        }
      },
    })
  const kill = () => {
    isAlive = false
  }
  return { faults: { events: dying, readModels: dying }, kill }
}

/** Notes what the stores are asked for. */
export function counting(asked: string[]): Faults {
  const noting = <T extends object>(store: T): Partial<T> =>
    new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function' || name === 'covers') return method
        return (...args: unknown[]) => {
          asked.push(String(name))
          return method.apply(target, args)
        }
      },
    })
  return { events: noting, readModels: noting }
}

/** All that was recorded. */
export async function eventsIn({ events }: World): Promise<RecordedEvent[]> {
  const { commits } = await events.readFeed(undefined, 100_000)
  return commits.flatMap(decodeCommit)
}

/** What the documents have to be: what the log makes of them. */
export async function pureFold(world: World): Promise<ConcertDocument[]> {
  const log = await eventsIn(world)
  const sold = (id: string) =>
    log.filter(({ type, data }) => type === 'Bought' && (data as { concert: string }).concert === id).length
  const concerts = log.filter(({ type }) => type === 'Scheduled')
  const documents = concerts.map(({ aggregateId: id, data }) => {
    return { id, seats: (data as { seats: number }).seats, sold: sold(id) }
  })
  return documents.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** How often each ticket was confirmed. */
export async function mailsIn(world: World): Promise<Record<string, number>> {
  const sent = (await eventsIn(world)).filter(({ type }) => type === 'Sent')
  return Object.fromEntries(
    [...Map.groupBy(sent, ({ aggregateId }) => aggregateId)].map(([id, all]) => [id, all.length]),
  )
}
