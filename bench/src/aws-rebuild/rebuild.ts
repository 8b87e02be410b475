import { Load } from '../rebuild/load.ts'
import { Readers } from '../rebuild/readers.ts'
import { Reference } from '../rebuild/reference.ts'
import { until } from '../rebuild/server.ts'
import type { AccountsCloud } from './cloud.ts'
import { record } from './record.ts'

export interface RebuildOptions {
  readonly events: number
  readonly accounts: number
  /** Commands a second while it rebuilds. */
  readonly rate: number
  /** Of each of three kinds. */
  readonly readers: number
  readonly say: (what: string) => void
}

export interface Rebuilt {
  readonly seconds: number
  /** Commands that were accepted meanwhile. */
  readonly commands: number
  /** Reads that were right. */
  readonly reads: number
}

/**
 * Records history, and rebuilds the balances by the state machine while commands arrive and readers look.
 *
 * @throws Error as soon as a reader sees what is wrong, or when in the end a deposit is missing or doubled
 */
export async function rebuildOnCloud({ cloud, operate }: AccountsCloud, options: RebuildOptions): Promise<Rebuilt> {
  const { events, accounts, rate, readers: count, say } = options
  const each = Math.ceil(events / accounts)
  say(`recording ${(accounts * each).toLocaleString('en')} events of ${accounts} accounts`)
  await record(cloud, accounts, each)
  say('waiting until they are placed and folded')
  await cloud.settled()
  const reference = new Reference(accounts, each)
  const load = new Load(cloud.url, reference, rate)
  const readers = new Readers(cloud.url, reference, 'several')
  readers.start(count)
  load.start()
  say(`rebuilding, with ${rate} commands/s`)
  const start = performance.now()
  const { generation } = await operate('POST', '/rebuild')
  await until(async () => (await operate('GET', '')).generation >= generation, 500)
  await until(async () => cloud.executions().every(({ status }) => status !== 'RUNNING'))
  const failed = cloud.executions().find(({ status }) => status !== 'SUCCEEDED')
  if (failed) throw new Error(`The state machine ended as ${failed.status}: ${failed.cause}`)
  const seconds = (performance.now() - start) / 1000
  await load.stop()
  const { commands } = load.take()
  const reads = await readers.stop()
  await cloud.settled()
  await compare(cloud.url, reference)
  return { seconds, commands, reads }
}

/**
 * Reads every document: nothing lost, nothing doubled. With the token of what was last paid in, since of several processes each
 * finds out by itself which generation serves.
 */
async function compare(url: string, reference: Reference): Promise<void> {
  for (const id of reference.ids) {
    const token = reference.token(id)
    const answer = await fetch(`${url}/accounts/${id}`, { headers: token ? { 'consistency-token': token } : {} })
    const status = answer.headers.get('consistency-status')
    if (token && status !== 'reached') throw new Error(`A read of ${id} with a token is '${status}'`)
    const { balance } = (await answer.json()) as { balance: number }
    const found = Reference.depositsIn(balance)
    if (found !== reference.acknowledged(id))
      throw new Error(`${id} shows ${found} of ${reference.acknowledged(id)} deposits`)
  }
}
