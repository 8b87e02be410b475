import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { LiveQuery } from './live-query.ts'
import { shownOf } from './shown.ts'

/** A store with one document, that tells of changes when it is told to. */
class Store {
  version = 1
  reads = 0
  isBroken = false
  observers = new Set<() => void>()

  readonly services = {
    read: async () => {
      this.reads += 1
      if (this.isBroken) throw new Error('away')
      return shownOf([{ id: 'menu', version: this.version }])
    },
    observe: (onChange: () => void) => {
      this.observers.add(onChange)
      return () => this.observers.delete(onChange)
    },
  }

  change(): void {
    this.version += 1
    for (const onChange of this.observers) onChange()
  }
}

const versionOf = (query: LiveQuery): number => JSON.parse(query.shown?.documents.get('menu') ?? '{}').version

test('what changes between the first read and its being observed is shown', async () => {
  const store = new Store()
  const query = new LiveQuery(store.services)
  await query.current()
  store.change()
  query.join(() => {})
  await expect.poll(() => versionOf(query)).toBe(2)
})

test('changes that follow quickly are read together, the last of them always', async () => {
  const store = new Store()
  const query = new LiveQuery(store.services)
  query.join(() => {})
  for (let change = 0; change < 1000; change += 1) {
    store.change()
    await Promise.resolve()
  }
  await expect.poll(() => versionOf(query)).toBe(1001)
  expect(store.reads).toBeLessThan(100)
})

test('a store that is away for a while is read again, and what has changed meanwhile is shown', async () => {
  const store = new Store()
  const query = new LiveQuery(store.services)
  query.join(() => {})
  await expect.poll(() => query.shown).toBeDefined()
  store.isBroken = true
  store.change()
  await expect.poll(() => store.reads).toBeGreaterThan(1)
  store.isBroken = false
  await expect.poll(() => versionOf(query), { timeout: 5000 }).toBe(2)
})

test('a read that takes its time does not lead back what was read after it', async () => {
  const store = new Store()
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const { read } = store.services
  const slowFirst = async () => {
    const shown = await read()
    if (store.reads === 1) await held
    return shown
  }
  const query = new LiveQuery({ ...store.services, read: slowFirst })
  const first = query.current()
  await expect.poll(() => store.reads).toBe(1)
  store.version = 2
  const second = query.current()
  letGo()
  await Promise.all([first, second])
  expect(versionOf(query)).toBe(2)
})

test('when the last one leaves it is observed no more', async () => {
  const store = new Store()
  const query = new LiveQuery(store.services)
  const [one, other] = [query.join(() => {}), query.join(() => {})]
  one()
  one()
  expect(store.observers.size).toBe(1)
  other()
  expect(store.observers.size).toBe(0)
})

test('what has not changed is the same state for all', async () => {
  const query = new LiveQuery(new Store().services)
  expect(await query.current()).toBe(await query.current())
})

test('of what has not changed, states that are kept by who is slow hold one text', async () => {
  const texts = Array.from({ length: 100 }, (_, id) => ({ id: String(id), text: 'x'.repeat(10_000), version: 0 }))
  let version = 0
  const read = async () => {
    version += 1
    return shownOf(texts.map((document, index) => (index === 0 ? { ...document, version } : document)))
  }
  const query = new LiveQuery({ read, observe: () => () => {} })
  const before = heapUsed()
  const kept = [await query.current()]
  while (kept.length < 100) kept.push(await query.current())
  // Each by itself would take 100 MB in all.
  expect(heapUsed() - before).toBeLessThan(25_000_000)
  expect(new Set(kept.map(({ tag }) => tag)).size).toBe(100)
})

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
