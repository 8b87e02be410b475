import { expect, test } from 'vitest'
import { policy } from '../definitions/index.ts'
import { silentLogger } from '../ports/index.ts'
import { Insistence } from './policy-insistence.ts'
import { PolicyStore } from './policy-store.ts'
import { PolicyStream } from './policy-stream.ts'
import type { Timer } from './timers-stored.ts'
import { World } from './world.fixture.ts'

async function storeIn({ engine, clock }: World) {
  const failures: unknown[] = []
  const store = await PolicyStore.open(policy('keep'), {
    engine,
    clock,
    insistence: new Insistence('keep', {
      clock,
      logger: silentLogger,
      patience: Number.POSITIVE_INFINITY,
      onGivenUp: () => {},
    }),
    onScheduled: () => {},
    onFenced: () => {},
    onFailed: (error) => failures.push(error),
  })
  return { store, failures }
}

const timer: Timer = {
  key: 'k',
  due: 1,
  command: { aggregate: 'job', name: 'do', id: 'x', input: 5n },
  eventId: 'e',
  stream: 'order-a',
  version: 1,
  correlationId: 'c',
  traceparent: undefined,
  step: '0',
  attempts: 0,
  failedAt: undefined,
  error: undefined,
}

test('G3 what cannot be written is told, and nothing of what changed beside it is forgotten', async () => {
  const world = await World.make()
  const { store, failures } = await storeIn(world)
  const waiting = { stream: 'order-a', version: 1, document: undefined, since: 1, error: 'no', attempts: 1 }
  store.streams.add(new PolicyStream(waiting))
  store.discard({ ...waiting, stream: 'order-b', reason: 'r', actor: 'ada', at: 1 })
  store.changed([{ key: 'k', timer }])
  await world.clock.advance(100)
  expect(failures).toMatchObject([{ name: 'TypeError' }])
  store.changed([{ key: 'k', timer: undefined }])
  await world.run(store.flush())
  const { store: next } = await storeIn(world)
  expect(next.parked().map(({ stream }) => stream)).toEqual(['order-a'])
  expect(await world.engine.readModels.loadDiscarded('policy:keep')).toMatchObject([{ stream: 'order-b' }])
})

test('nothing changes any more after it was closed', async () => {
  const { store } = await storeIn(await World.make())
  store.close()
  expect(() => store.changed()).toThrow('stopping')
  expect(() => store.concludeTimer(timer, undefined)).not.toThrow()
})
