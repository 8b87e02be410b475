import { expect, test } from 'vitest'
import { LiveQueries } from './live-queries.ts'
import { shownOf } from './shown.ts'

/** A question that a store answers when it is let. */
class HeldQuestion {
  readonly key = 'menu'
  reads = 0
  observers = 0
  #held = Promise.withResolvers<void>()

  readonly read = async () => {
    this.reads += 1
    await this.#held.promise
    return shownOf([{ id: 'menu' }])
  }
  readonly observe = () => {
    this.observers += 1
    return () => {
      this.observers -= 1
    }
  }

  answer(): void {
    this.#held.resolve()
  }

  fail(): void {
    this.#held.reject(new Error('away'))
    this.#held = Promise.withResolvers<void>()
  }
}

test('who comes while it is read first shares the query, and what is read', async () => {
  const live = new LiveQueries()
  const question = new HeldQuestion()
  const coming = Array.from({ length: 100 }, () => live.view(question))
  await expect.poll(() => question.reads).toBe(1)
  coming.push(...Array.from({ length: 100 }, () => live.view(question)))
  question.answer()
  const views = await Promise.all(coming)
  expect(new Set(views.map(({ query }) => query)).size).toBe(1)
  expect(question.reads).toBe(2)
  const leaves = views.map(({ query }) => query.join(() => {}))
  expect(question.observers).toBe(1)
  for (const leave of leaves) leave()
  for (const { onEnd } of views) onEnd()
  expect(question.observers).toBe(0)
  expect((await live.view(question)).query).not.toBe(views[0]?.query)
})

test('who could not be shown it is not counted', async () => {
  const live = new LiveQueries()
  const question = new HeldQuestion()
  const coming = Array.from({ length: 10_000 }, () => live.view(question).catch(() => 'failed'))
  await expect(live.view(question)).rejects.toThrow('Too many are shown changes live')
  await expect.poll(() => question.reads).toBe(1)
  question.fail()
  expect(new Set(await Promise.all(coming))).toEqual(new Set(['failed']))
  question.answer()
  expect((await live.view(question)).first.documents.size).toBe(1)
})
