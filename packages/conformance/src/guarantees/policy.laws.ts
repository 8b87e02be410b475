import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Engine } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import { seededIdentity, type VirtualClock, virtualClock } from 'weir/testing'
import { change, consequencesOf, courier, depot, desk, dueConsequencesOf, place, TOO_MANY } from './depot.ts'
import { broken, cut, deathAt, faulty, watched } from './faults.ts'
import { readLog } from './history.ts'
import { all, type Stage, startOn } from './stage.ts'

/** What nobody has reacted to when a process starts. */
const missed = [place('a', 1), place('b', TOO_MANY)]

const history = [place('a', 1), place('b', 2), change('a', 3), place('c', TOO_MANY), change('b', 4), change('a', 5)]

export function policyLaws(stage: Stage): void {
  it('G5 every command of a policy takes effect once, in the order of its stream', async () => {
    const runtime = await stage.start({ app: depot, services: courier() })
    await all(runtime, ...history)
    await expectConsequences(runtime, stage.engine)
    await all(runtime, change('c', 1), change('a', 6))
    await expectConsequences(runtime, stage.engine)
  })

  it('G3 a policy that is new misses nothing of what is recorded before any process keeps it', async ({ skip }) => {
    if (!stage.engine.roster) skip('one process does all')
    const server = await stage.start({ app: depot, services: courier(), divides: true, works: false })
    await all(server, ...history)
    const worker = await stage.start({ app: depot, services: courier(), divides: true })
    await expectConsequences(worker, stage.engine)
  })

  it('G3 G5 a process that is killed at any call, before or after its effect, leaves each effect there once', async () => {
    await atEveryCall(stage, async (engine, point, clock) => {
      const { died, step } = deathAt(point)
      const survived = startDepot(watched(engine, step, step), clock).then(async (runtime) => {
        await all(runtime, change('a', 2))
        await runtime.settled()
        await runtime.stop()
      })
      return clock.run(Promise.race([died.then(() => true), survived.then(() => false)]))
    })
  })

  it('G3 G5 a store that fails at any call, before or after its effect, changes nothing about the effects', async () => {
    await atEveryCall(stage, async (engine, point, clock) => {
      let calls = 0
      const step = async () => {
        if (calls++ === point) await broken()
      }
      const [started] = await clock.run(Promise.allSettled([startDepot(watched(engine, step, step), clock)]))
      if (started.status === 'rejected') return true
      const work = async () => {
        const execute = () => started.value.execute(change('a', 2), { commandId: `change ${point}` })
        // The call that fails may be one of these, and one of those that follow.
        await execute().catch(execute)
        await started.value.settled().catch(() => started.value.settled())
        await started.value.stop()
      }
      await clock.run(work())
      return calls > point
    })
  })

  it('G5 whatever processes are killed when, and however pages fall, each effect is there once', async () => {
    const orders = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.constantFrom(1, 2, 3, TOO_MANY) }),
      { minLength: 1, maxLength: 12 },
    )
    const lives = fc.array(fc.nat(120), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(orders, lives, fc.integer({ min: 1, max: 4 }), async (placed, killedAt, size) => {
        await stage.elsewhere(async (engine) => {
          const clock = virtualClock()
          const messages = placed.map(({ id, n }) => place(id, n))
          for (const point of killedAt) {
            const { died, step } = deathAt(point)
            const message = messages.shift()
            const life = startDepot(
              faulty(
                watched(engine, step, step),
                cut(() => size),
              ),
              clock,
            ).then(async (runtime) => {
              if (message) await runtime.execute(message)
              await runtime.settled()
              await runtime.stop()
            })
            await clock.run(Promise.race([died, life]))
          }
          const healthy = await clock.run(startDepot(engine, clock))
          await clock.run(all(healthy, ...messages))
          await clock.run(expectConsequences(healthy, engine))
          await clock.run(healthy.stop())
        })
      }),
      { numRuns: Math.ceil(40 / stage.every) },
    )
  })

  it('G5 a service is handed the same key at every attempt for an event, and another for every other', async () => {
    const keys = new Map<string, Set<string>>()
    const calls: string[] = []
    const services = courier((order, n, key) => {
      calls.push(order)
      keys.set(key, (keys.get(key) ?? new Set()).add(`${order} ${n}`))
      if (calls.length < 4) throw new Error('no courier is free')
    })
    const clock = virtualClock()
    const runtime = await clock.run(stage.start({ app: depot, services, clock }))
    await clock.run(all(runtime, place('a', 1), place('b', 2)))
    await clock.run(expectConsequences(runtime, stage.engine))
    expect([...keys.values()].map((of) => of.size)).toEqual([1, 1])
    expect(calls.length).toBeGreaterThan(keys.size)
    await clock.run(runtime.stop())
  })

  it('G10 an event that a policy fails on parks its stream; others go on, and it goes on when it is retried', async () => {
    let isLost = true
    const services = courier((order) => {
      if (order === 'a' && isLost) throw new Error('the address is unknown')
    })
    const clock = virtualClock()
    const runtime = await clock.run(stage.start({ app: depot, services, clock }))
    await clock.run(all(runtime, place('a', 1), change('a', 2), place('b', 3)))
    await clock.run(runtime.settled())
    expect(consequencesOf(await stage.log()).parcels).toEqual([['parcel-b', [3]]])
    const letters = await runtime.operations.deadLetters()
    const [letter] = await clock.run(runtime.operations.withEvents(letters))
    expect(letter).toMatchObject({ consumer: 'pack', stream: 'order-a', version: 1, attempts: 3 })
    expect(letter).toMatchObject({ error: 'the address is unknown', event: { type: 'Placed' } })
    expect(await clock.run(runtime.operations.retry('pack', { stream: 'order-a' }))).toBe('parked')
    isLost = false
    expect(await clock.run(runtime.operations.retry('pack', { stream: 'order-a' }))).toBe('applied')
    await clock.run(expectConsequences(runtime, stage.engine))
    expect(await runtime.operations.deadLetters()).toEqual([])
    await clock.run(runtime.stop())
  })

  it('G10 whatever a policy throws parks its stream, in words, and nothing of others is lost', async () => {
    const thrown = new Map<string, unknown>([
      ['a', Object.assign(new Error('x'), { message: { code: 7 } })],
      ['b', Object.create(null)],
      ['c', undefined],
      ['d', new Error('long'.repeat(100_000))],
    ])
    const services = courier((order) => {
      if (thrown.has(order)) throw thrown.get(order)
    })
    const clock = virtualClock()
    const runtime = await clock.run(stage.start({ app: depot, services, clock }))
    await clock.run(all(runtime, ...['a', 'b', 'c', 'd', 'e'].map((id) => place(id, 1))))
    await clock.run(runtime.settled())
    const letters = await clock.run(runtime.operations.deadLetters('pack'))
    expect(letters.map(({ error }) => error.slice(0, 10))).toEqual(['{"code":7}', '{}', 'undefined', 'longlonglo'])
    expect(consequencesOf(await stage.log()).parcels).toEqual([['parcel-e', [1]]])
    const [pack] = await clock.run(runtime.operations.policies())
    expect(pack).toMatchObject({ name: 'pack', error: undefined, parked: 4, pending: 0 })
    await clock.run(runtime.stop())
  })

  it('G10 what is parked stays so over a restart, is tried again then, and can be given up', async () => {
    const services = courier((order) => {
      if (order === 'a') throw new Error('the address is unknown')
    })
    const clock = virtualClock()
    for (const attempts of [3, 4]) {
      const runtime = await clock.run(stage.start({ app: depot, services, clock }))
      if (attempts === 3) await clock.run(all(runtime, place('a', 1), change('a', 2)))
      await clock.run(runtime.settled())
      expect(await runtime.operations.deadLetters()).toMatchObject([{ stream: 'order-a', version: 1, attempts }])
      await clock.run(runtime.stop())
    }
    const runtime = await clock.run(stage.start({ app: depot, services, clock }))
    await clock.run(runtime.settled())
    const order = { reason: 'the customer has moved', actor: 'ada' }
    await clock.run(runtime.operations.discard('pack', { stream: 'order-a' }, order))
    await clock.run(runtime.settled())
    expect(consequencesOf(await stage.log()).parcels).toEqual([['parcel-a', [2]]])
    expect(await runtime.operations.deadLetters()).toEqual([])
    expect(await runtime.operations.discarded('pack')).toMatchObject([{ stream: 'order-a', version: 1, ...order }])
    await clock.run(runtime.stop())
  })

  it('G12 an event that cannot be read parks its stream for a policy, and no other', async () => {
    const runtime = await stage.start({ app: depot, services: courier() })
    await all(runtime, place('a', 1), place('b', 2))
    const unreadable = { stream: 'order-a', expected: 1, count: 1, payload: 'not what anybody wrote' }
    await stage.events.append([{ streams: [unreadable], commands: [] }])
    await all(runtime, change('b', 3))
    await runtime.settled()
    const letters = await runtime.operations.deadLetters()
    expect(letters.map(({ consumer, stream, version }) => [consumer, stream, version])).toEqual([
      ['pack', 'order-a', 2],
      ['expire', 'order-a', 2],
    ])
    const journal = (await stage.events.readStream('journal-b', 0, 10)).length
    expect(journal).toBe(2)
  })

  it('G3 whoever takes over a policy fences the one before, and each effect is there once all the same', async () => {
    const clock = virtualClock()
    const first = await clock.run(stage.start({ app: depot, services: courier(), clock }))
    await clock.run(all(first, ...history.slice(0, 3)))
    const second = await clock.run(stage.start({ app: depot, services: courier(), clock }))
    await clock.run(all(first, ...history.slice(3)))
    await clock.run(expectConsequences(second, stage.engine))
    await clock.run(first.stop())
    await clock.run(second.stop())
  })

  it('a policy begins at the end of the feed when it is added', async () => {
    const before = await stage.start({ app: desk })
    await all(before, place('a', 1))
    await stage.reopen()
    const runtime = await stage.start({ app: depot, services: courier() })
    await all(runtime, change('a', 2))
    await runtime.settled()
    expect(consequencesOf(await stage.log()).parcels).toEqual([['parcel-a', [2]]])
  })
}

async function expectConsequences(runtime: Runtime, engine: Engine): Promise<void> {
  await runtime.settled()
  const log = await readLog(engine.events)
  expect(consequencesOf(log)).toEqual(dueConsequencesOf(log))
}

/** Each process makes ids of its own. */
let processes = 0

function startDepot(engine: Engine, clock: VirtualClock): Promise<Runtime> {
  const identity = seededIdentity(++processes, clock)
  return startOn(engine, { app: depot, services: courier(), clock, identity })
}

/**
 * Lets a process go wrong at its first call, another at its second and so on, until one comes through; on what each has
 * left another goes on.
 */
async function atEveryCall(
  stage: Stage,
  run: (engine: Engine, point: number, clock: VirtualClock) => Promise<boolean>,
): Promise<void> {
  await stage.elsewhere(async (engine) => {
    const clock = virtualClock()
    const goOn = async () => {
      const healthy = await clock.run(startDepot(engine, clock))
      await clock.run(expectConsequences(healthy, engine))
      await clock.run(healthy.stop())
    }
    await goOn()
    for (let point = 0, wentWrong = true; wentWrong; point += stage.every) {
      const behind = await clock.run(startOn(engine, { app: desk, clock }))
      await clock.run(all(behind, ...missed))
      await clock.run(behind.stop())
      wentWrong = await run(engine, point, clock)
      await goOn()
    }
  })
}
