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

const CALLERS = 1000
const PAGE = 1000

/** Weir as an application runs it: a runtime whose commands are validated, decided and made durable. */
export function open(place: string): Promise<Contender> {
  const openEngine = place.startsWith('http:') ? onDynamodb(place) : place ? engineAt(place) : memoryEngine()
  return Weir.start(openEngine)
}

function onDynamodb(endpoint: string): OpenEngine {
  const tables = `weir-${crypto.randomUUID()}-`
  return dynamodbEngine({ tables, endpoint, createTables: true, readModels: memoryEngine() })
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
    const [head] = await this.#running.engine.events.streams(`account-${account}`, undefined, 1)
    return head?.version ?? 0
  }

  /** The versions of all streams: they have no gaps, by the law of the store. */
  async events(): Promise<number> {
    let [events, before] = [0, undefined as string | undefined]
    do {
      const heads = await this.#running.engine.events.streams('account-', before, PAGE)
      for (const { version } of heads) events += version
      before = heads.length < PAGE ? undefined : heads.at(-1)?.stream
    } while (before)
    return events
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
