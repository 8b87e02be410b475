import * as z from 'zod'
import {
  type AnyPolicy,
  type App,
  aggregate,
  app,
  type CommandMessage,
  type RecordedEvent,
  reject,
} from '../definitions/index.ts'
import { decodeCommit } from './codec.ts'
import type { Reacted } from './on-demand.ts'
import type { RuntimeOptions } from './options.ts'
import type { Runtime } from './types.ts'
import { type Faults, World } from './world.fixture.ts'

const one = z.object({ n: z.int() })

/** Orders, which policies react to. */
export const Order = aggregate('order', { events: { Placed: one, Noted: one }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1, Noted: (count) => count + 1 })
  .commands({
    place: { input: one, decide: (_, data) => ({ type: 'Placed', data }) },
    note: { input: one, decide: (_, data) => ({ type: 'Noted', data }) },
  })

/** What policies do about them: a job that is done twice shows twice. */
export const Job = aggregate('job', { events: { Done: one }, initialState: 0 })
  .evolve({ Done: (count) => count + 1 })
  .commands({
    do: {
      input: one,
      decide: (_, data) => {
        if (data.n === 13) return reject('unlucky', 'Nobody does that')
        if (data.n === 0) return []
        if (data.n === 666) throw new Error('this decision is broken')
        return { type: 'Done', data }
      },
    },
  })

export const place = (id: string, n = 1): CommandMessage => Order.commands.place(id, { n })
export const doJob = (id: string, n = 1): CommandMessage => Job.commands.do(id, { n })

function shopWith(...policies: readonly AnyPolicy[]): App {
  return app('shop', { routes: {}, policies, aggregates: [Order, Job] })
}

/** An application with policies in virtual time. */
export class PolicyWorld {
  readonly world: World
  readonly runtime: Runtime

  private constructor(world: World, runtime: Runtime) {
    this.world = world
    this.runtime = runtime
  }

  static async start(
    policies: AnyPolicy | readonly AnyPolicy[],
    { world, faults, ...options }: { world?: World; faults?: Faults } & Partial<RuntimeOptions> = {},
  ): Promise<PolicyWorld> {
    const on = world ?? (await World.make())
    return new PolicyWorld(on, await on.start(shopWith(...[policies].flat()), faults, options))
  }

  /** Executes commands one after the other, without waiting for what policies do about them. */
  async execute(...messages: readonly CommandMessage[]): Promise<void> {
    for (const message of messages) await this.world.run(this.runtime.execute(message))
  }

  /** The same, and waits for what policies do about them. */
  async settle(...messages: readonly CommandMessage[]): Promise<void> {
    await this.execute(...messages)
    await this.world.run(this.runtime.settled())
  }

  /** Lets a policy react on demand, up to a deadline in milliseconds since the epoch. */
  react(policy: string, deadline: number): Promise<Reacted> {
    if (!this.runtime.onDemand) throw new Error('it does not work on demand')
    return this.runtime.onDemand.react(policy, { deadline })
  }

  async stop(): Promise<void> {
    await this.world.run(this.runtime.stop())
  }

  /** All that was recorded. */
  async events(): Promise<RecordedEvent[]> {
    const { commits } = await this.world.events.readFeed(undefined, 100_000)
    return commits.flatMap(decodeCommit)
  }

  /** The jobs that were done, in the order in which they were. */
  async jobs(): Promise<(readonly [id: string, n: number])[]> {
    const done = (await this.events()).filter(({ type }) => type === 'Done')
    return done.map(({ aggregateId, data }) => [aggregateId, (data as { n: number }).n])
  }
}
