import { dynamodbEngine } from '@weir/engine-dynamodb'
import type { App } from 'weir'
import { memoryEngine } from 'weir/memory'
import type { Engine, OpenEngine } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import { Account, Balances, Deposits, withBalances, withDeposits, withoutReadModel } from '../definitions.ts'
import { engineAt } from '../engine.ts'
import { ask } from '../measure.ts'
import { until } from '../rebuild/server.ts'
import type { Contender, Deposit, ReadModel, Summary } from './contender.ts'
import { assertSynced } from './durability.ts'
import { eventsIn, versionIn } from './feed.ts'

const CALLERS = 1000
const PAGE = 1000

/** Weir as an application runs it: a runtime whose commands are validated, decided and made durable. */
export async function open(place: string): Promise<Contender> {
  if (place.startsWith('postgres')) await assertSynced(place)
  const openEngine = place.startsWith('http:') ? onDynamodb(place) : place ? engineAt(place) : memoryEngine()
  return Weir.start(openEngine)
}

/** The tables have the same names in each process, so that one finds what another has prepared. */
function onDynamodb(endpoint: string): OpenEngine {
  return dynamodbEngine({ tables: 'weir-', endpoint, createTables: true, readModels: memoryEngine() })
}

const PROJECTIONS = { few: Balances, many: Deposits } as const
const APPS: Readonly<Record<ReadModel, App>> = { few: withBalances, many: withDeposits }

class Weir implements Contender {
  readonly #openEngine: OpenEngine
  #running!: { readonly engine: Engine; readonly runtime: Runtime }

  static async start(openEngine: OpenEngine): Promise<Weir> {
    const weir = new Weir(openEngine)
    await weir.#start(withoutReadModel)
    return weir
  }

  private constructor(openEngine: OpenEngine) {
    this.#openEngine = openEngine
  }

  async create(input: Deposit): Promise<number> {
    return accepted(await this.#running.runtime.execute(Account.commands.deposit.create(input)))
  }

  async deposit(account: string, input: Deposit): Promise<number> {
    return accepted(await this.#running.runtime.execute(Account.commands.deposit(account, input)))
  }

  async record(account: string, deposits: number, input: Deposit): Promise<void> {
    await ask(Math.min(CALLERS, deposits), deposits, async () => void (await this.deposit(account, input)))
  }

  async versionOf(account: string): Promise<number> {
    return versionIn(this.#running.engine.events, `account-${account}`)
  }

  async events(): Promise<number> {
    return eventsIn(this.#running.engine.events)
  }

  /** DynamoDB's feed is filled behind the commands. */
  async settled(): Promise<void> {
    await this.#running.engine.events.feedEnd()
  }

  async fold(model: ReadModel): Promise<void> {
    await this.#running.runtime.stop()
    await this.#start(APPS[model])
    await this.#running.runtime.settled()
  }

  async rest(): Promise<void> {
    await this.#running.runtime.stop()
    await this.#start(withoutReadModel)
  }

  async rebuild(model: ReadModel): Promise<void> {
    const { operations } = this.#running.runtime
    const name = PROJECTIONS[model].name
    await operations.rebuild(name)
    await until(async () => {
      const status = await operations.rebuildStatus(name)
      if (status?.error) throw new Error(status.error)
      return status?.state === 'done'
    }, 5)
  }

  async summary(model: ReadModel): Promise<Summary> {
    let summary: Summary = { documents: 0, total: 0, least: Number.POSITIVE_INFINITY, most: 0 }
    let cursor: string | undefined
    do {
      const { amounts, next } = await this.#page(model, cursor)
      summary = amounts.reduce(withAmount, summary)
      cursor = next
    } while (cursor)
    return summary
  }

  close(): Promise<void> {
    return this.#running.runtime.stop()
  }

  async #page(model: ReadModel, cursor: string | undefined) {
    const { runtime } = this.#running
    const options = { limit: PAGE, ...(cursor && { cursor }) }
    if (model === 'few') {
      const { documents, next } = await runtime.list(Balances, options)
      return { amounts: documents.map(({ balance }) => balance), next }
    }
    const { documents, next } = await runtime.list(Deposits, options)
    return { amounts: documents.map(({ amount }) => amount), next }
  }

  async #start(app: App): Promise<void> {
    const engine = await this.#openEngine(app.name)
    this.#running = { engine, runtime: await startRuntime(app, { engine: async () => engine }) }
  }
}

function withAmount({ documents, total, least, most }: Summary, amount: number): Summary {
  return {
    documents: documents + 1,
    total: total + amount,
    least: Math.min(least, amount),
    most: Math.max(most, amount),
  }
}

function accepted(outcome: { readonly outcome: string; readonly version?: number }): number {
  if (outcome.outcome !== 'accepted' || outcome.version === undefined)
    throw new Error(`A deposit was ${outcome.outcome}`)
  return outcome.version
}
