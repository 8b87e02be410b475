import { expect, it } from 'vitest'
import type { Engine } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import { seededIdentity, type VirtualClock, virtualClock } from 'weir/testing'
import { change, clockwork, pay, place } from './depot.ts'
import { broken, deathAt, watched } from './faults.ts'
import { readLog } from './history.ts'
import { all, type Stage, startOn } from './stage.ts'

const MINUTE = 60_000
const START = Date.parse('2030-01-01T00:00:00Z')

export function timerLaws(stage: Stage): void {
  const startAt = async () => {
    const clock = virtualClock()
    const runtime = await clock.run(stage.start({ app: clockwork, clock }))
    return { clock, runtime, run: <T>(work: Promise<T>) => clock.run(work) }
  }

  it('G5 a scheduled command is executed when its time has come, counted from its event, and not earlier', async () => {
    const { clock, runtime, run } = await startAt()
    await run(all(runtime, place('a', 1)))
    await run(runtime.settled())
    expect(await runtime.operations.timers()).toMatchObject([
      { policy: 'expire', key: 'a', due: '2030-01-01T00:15:00.000Z', command: 'order.expire', aggregateId: 'a' },
    ])
    await clock.advance(START + 15 * MINUTE - 1 - clock.now())
    expect(await expired(stage.engine)).toEqual([])
    await clock.advance(100)
    expect(await expired(stage.engine)).toEqual(['order-a'])
    expect(await runtime.operations.timers()).toEqual([])
    await clock.advance(60 * MINUTE)
    expect(await expired(stage.engine)).toEqual(['order-a'])
    await run(runtime.stop())
  })

  it('G5 a timer that was cancelled does not fire; one that was replaced fires once, at its new time', async () => {
    const { clock, runtime, run } = await startAt()
    await run(all(runtime, place('a', 1), place('b', 1)))
    await clock.advance(10 * MINUTE)
    await run(all(runtime, pay('a'), change('b', 2)))
    await clock.advance(19 * MINUTE)
    expect(await expired(stage.engine)).toEqual([])
    await clock.advance(2 * MINUTE)
    expect(await expired(stage.engine)).toEqual(['order-b'])
    await clock.advance(60 * MINUTE)
    expect(await expired(stage.engine)).toEqual(['order-b'])
    await run(runtime.stop())
  })

  it('G3 what became due while nobody was there fires at the start', async () => {
    const { clock, runtime, run } = await startAt()
    await run(all(runtime, change('late', 1), place('early', 1), change('later', 1)))
    await run(runtime.settled())
    await run(runtime.stop())
    await stage.reopen()
    await clock.advance(24 * 60 * MINUTE)
    const next = await run(stage.start({ app: clockwork, clock }))
    await clock.advance(100)
    // On different aggregates commands are executed side by side: which of them is recorded first is not promised.
    expect((await expired(stage.engine)).sort()).toEqual(['order-early', 'order-late', 'order-later'])
    await run(next.stop())
  })

  it('G3 a timer that is far away is kept over restarts, and fires when its time has come', async () => {
    const { clock, runtime, run } = await startAt()
    await run(all(runtime, place('a', 1)))
    await run(runtime.settled())
    await run(runtime.stop())
    await stage.reopen()
    const next = await run(stage.start({ app: clockwork, clock }))
    await clock.advance(14 * MINUTE)
    expect(await expired(stage.engine)).toEqual([])
    await clock.advance(2 * MINUTE)
    expect(await expired(stage.engine)).toEqual(['order-a'])
    await run(next.stop())
  })

  it.each(['killed', 'failing'] as const)(
    'G5 with a process or store that is %s at any call, each timer that is not cancelled fires once',
    async (what) => {
      await stage.elsewhere(async (engine) => {
        const clock = virtualClock()
        const due: string[] = []
        for (let point = 0, wentWrong = true; wentWrong; point += stage.every) {
          due.push(...(await begin(engine, clock, point)))
          wentWrong = await (what === 'killed' ? killedAt : failingAt)(engine, clock, point)
          const healthy = await clock.run(startClockwork(engine, clock))
          await clock.run(healthy.settled())
          await clock.advance(60 * MINUTE)
          await clock.run(healthy.stop())
          expect((await expired(engine)).sort()).toEqual(due.sort())
        }
      })
    },
  )
}

/** Two orders whose timers will come due, one of them replaced, and one whose timer is cancelled. Answers the two. */
async function begin(engine: Engine, clock: VirtualClock, round: number): Promise<string[]> {
  const runtime = await clock.run(startClockwork(engine, clock))
  await clock.run(all(runtime, place(`a${round}`, 1), place(`b${round}`, 1), place(`c${round}`, 1)))
  await clock.run(runtime.settled())
  await clock.run(all(runtime, pay(`b${round}`), change(`c${round}`, 2)))
  await clock.run(runtime.stop())
  return [`order-a${round}`, `order-c${round}`]
}

async function killedAt(engine: Engine, clock: VirtualClock, point: number): Promise<boolean> {
  const { died, step } = deathAt(point)
  const life = startClockwork(watched(engine, step, step), clock).then(async (runtime) => {
    await runtime.settled()
    await new Promise<void>((resolve) => clock.after(30 * MINUTE, resolve))
    await runtime.stop()
    return false
  })
  return clock.run(Promise.race([died.then(() => true), life]))
}

async function failingAt(engine: Engine, clock: VirtualClock, point: number): Promise<boolean> {
  let calls = 0
  const step = async () => {
    if (calls++ === point) await broken()
  }
  const [started] = await clock.run(Promise.allSettled([startClockwork(watched(engine, step, step), clock)]))
  if (started.status === 'rejected') return true
  await clock.advance(30 * MINUTE)
  await clock.run(started.value.stop())
  return calls > point
}

/** Each process makes ids of its own. */
let processes = 0

function startClockwork(engine: Engine, clock: VirtualClock): Promise<Runtime> {
  const identity = seededIdentity(++processes, clock)
  // Looking at the feed seldom leaves the calls to those of timers.
  return startOn(engine, { app: clockwork, clock, identity, pollInterval: 20 * MINUTE })
}

/** The orders that have expired, as often and in the order in which they did. */
async function expired(engine: Engine): Promise<string[]> {
  const log = await readLog(engine.events)
  return log.filter(({ type }) => type === 'Expired').map(({ stream }) => stream)
}
