import { createHash } from 'node:crypto'
import type { CommandMessage } from 'weir'
import { memoryEngine } from 'weir/memory'
import type { Engine } from 'weir/ports'
import type { Outcome } from 'weir/runtime'
import { seededIdentity, type VirtualClock, virtualClock } from 'weir/testing'
import { deposit, freeze, note, open, POISON, setLimit, spend, transfer, withdraw } from '../guarantees/bank.ts'
import { readLog } from '../guarantees/history.ts'
import { Client, type Request } from './client.fixture.ts'
import type { Weather } from './faulty-engine.fixture.ts'
import { Machine } from './process.fixture.ts'

/** What is left when everything has come to rest. */
export interface Simulated {
  readonly clock: VirtualClock
  readonly store: Engine
  readonly requests: readonly Request[]
  /** By command id. */
  readonly answers: ReadonlyMap<string, readonly Outcome[]>
  /** Of the whole log, to the last bit. */
  readonly hash: string
}

const MACHINES = 2
const CLIENTS = 4
const REQUESTS = 9
const AT_MOST = 3_600_000

/**
 * Runs the bank on two machines over one store, for some clients that insist on their answers, while calls to the store
 * are slow, fail, or take effect and then fail, processes are killed and stopped, and read models are rebuilt. All of it
 * follows from the seed.
 */
export async function simulate(seed: number): Promise<Simulated> {
  const clock = virtualClock()
  const { random } = seededIdentity(seed, clock)
  const identity = seededIdentity(seed + 1_000_000, clock)
  const store = await memoryEngine({ identity: seededIdentity(seed + 2_000_000, clock) })('bank')
  const troubles: unknown[] = []
  const report = (error: unknown) => troubles.push(error)
  const storm = { random, slow: random() * 0.5, failing: random() * 0.15 }
  let weather: Weather = storm
  const machines = Array.from(
    { length: MACHINES },
    () => new Machine({ store, clock, identity, weather: () => weather, report }),
  )
  const reach = () => machines[Math.floor(random() * MACHINES)]?.runtime
  const clients = Array.from({ length: CLIENTS }, () => new Client({ clock, random, reach, report }))
  const orders = clients.map((_, index) => requestsOf(`client ${index}`, random))
  let isOver = false
  const work = Promise.all(clients.map((client, index) => client.work([...(orders[index] ?? []), ...shared(orders)])))
  work.then(() => {
    isOver = true
  }, report)
  while (!isOver && troubles.length === 0) {
    await clock.advance(20)
    if (random() < 0.02) machines[Math.floor(random() * MACHINES)]?.kill()
    if (random() < 0.01) machines[Math.floor(random() * MACHINES)]?.stop()
    if (random() < 0.03) machines[Math.floor(random() * MACHINES)]?.rebuild(random() < 0.5 ? 'balances' : 'transfers')
    if (clock.now() - Date.parse('2030-01-01T00:00:00Z') > AT_MOST) report(new Error('clients wait for ever'))
  }
  weather = { random, slow: 0, failing: 0 }
  await clock.advance(3_000)
  for (const machine of machines) machine.stop()
  await clock.advance(3_000)
  for (const machine of machines) machine.kill()
  if (troubles.length > 0) throw troubles[0]
  const answers = new Map<string, Outcome[]>()
  for (const client of clients) {
    for (const [id, each] of client.answers) answers.set(id, [...(answers.get(id) ?? []), ...each])
  }
  return { clock, store, requests: orders.flat(), answers, hash: await hashOf(store) }
}

/** Some requests are sent by every client, as by one that lost its connection and came back on another. */
function shared(orders: readonly (readonly Request[])[]): Request[] {
  return orders.flatMap((requests) => requests.slice(0, 2))
}

function requestsOf(client: string, random: () => number): Request[] {
  return Array.from({ length: REQUESTS }, (_, index) => {
    const commandId = `${client}, request ${index}`
    return { commandId, message: randomMessage(commandId.replace(/\W+/g, '-'), random) }
  })
}

function randomMessage(name: string, random: () => number): CommandMessage {
  const one = <T>(...options: readonly T[]) => options[Math.floor(random() * options.length)] as T
  const account = () => one('a', 'b', 'c')
  const amount = 1 + Math.floor(random() * 9)
  return one(
    () => deposit(account(), amount * 3),
    () => deposit(account(), amount * 3),
    () => withdraw(account(), amount),
    () => transfer(name, account(), account(), amount),
    () => transfer('shared', account(), account(), amount),
    () => spend(account(), amount, 'l'),
    () => setLimit('l', amount),
    () => freeze(account()),
    () => open({ name, email: 'ada@example.org' }),
    () => note(one('n', 'm'), one('shared', name, 'never')),
    () => note('p', 'shared', one('', '', POISON)),
  )()
}

async function hashOf({ events }: Engine): Promise<string> {
  const { commits } = await events.readFeed(undefined, 100_000)
  return createHash('sha256')
    .update(JSON.stringify([commits, await readLog(events)]))
    .digest('hex')
}
