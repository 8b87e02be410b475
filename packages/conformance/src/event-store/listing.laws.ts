import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StreamHead } from 'weir/ports'
import { name } from '../arbitraries.ts'
import { one } from '../builders.ts'
import type { Subject } from '../subject.ts'

export function listingLaws(subject: Subject): void {
  it('streams are listed with their versions, the last name first', async () => {
    const { events } = subject
    expect(await events.streams('', undefined, 10)).toEqual([])
    await events.append([one('order-1', 'absent', 2), one('order-2', 'absent'), one('cart-1', 'absent')])
    await events.append([
      one('order-1', 2, 3),
      { streams: [one('order-3', 'any', 0).streams[0] as never], commands: [] },
    ])
    expect(await events.streams('', undefined, 10)).toEqual([
      { stream: 'order-2', version: 1 },
      { stream: 'order-1', version: 5 },
      { stream: 'cart-1', version: 1 },
    ])
  })

  it('a listing keeps to its prefix, its limit, and what comes before a name', async () => {
    const { events } = subject
    await events.append(['a-1', 'a-2', 'a-3', 'ab-1', 'b-1'].map((stream) => one(stream, 'absent')))
    const names = async (...asked: Parameters<typeof events.streams>) => namesOf(await events.streams(...asked))
    expect(await names('a-', undefined, 10)).toEqual(['a-3', 'a-2', 'a-1'])
    expect(await names('a', undefined, 2)).toEqual(['ab-1', 'a-3'])
    expect(await names('a-', 'a-3', 10)).toEqual(['a-2', 'a-1'])
    expect(await names('a-', 'a-2x', 1)).toEqual(['a-2'])
    expect(await names('a-', 'z', 10)).toEqual(['a-3', 'a-2', 'a-1'])
    expect(await names('a-', 'a', 10)).toEqual([])
    expect(await names('c', undefined, 10)).toEqual([])
  })

  it('names are listed in the order of their bytes, page by page, whatever they and the prefix hold', async () => {
    const { events } = subject
    const all = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 12 }),
        fc.oneof(name, fc.constant('\u{10ffff}'), fc.constant('\ud7ff')),
        fc.integer({ min: 1, max: 5 }),
        async (names, prefix, limit) => {
          await events.append(names.map((stream) => one(stream, 'any')))
          for (const stream of names) all.add(stream)
          const expected = [...all]
            .filter((stream) => stream.startsWith(prefix))
            .sort(byBytes)
            .reverse()
          const listed = await listAll(events, prefix, limit)
          expect([...listed].sort()).toEqual([...expected].sort())
          expect(listed.filter(isShort)).toEqual(expected.filter(isShort))
        },
      ),
      { numRuns: Math.ceil(30 / subject.every) },
    )
  })

  it('names of great length that begin alike are each listed once', async () => {
    const { events } = subject
    const long = 'n'.repeat(1_000)
    const names = ['m', 'n', 'n'.repeat(400), `${long}1`, `${long}2`, `${long}3`, 'o']
    await events.append(names.map((stream) => one(stream, 'absent')))
    expect([...(await listAll(events, 'n', 1))].sort()).toEqual(names.slice(1, -1))
    expect([...(await listAll(events, long, 2))].sort()).toEqual(names.slice(3, -1))
    expect(await listAll(events, `${long}2`, 2)).toEqual([`${long}2`])
  })
}

async function listAll(events: Subject['events'], prefix: string, limit: number): Promise<string[]> {
  const all: string[] = []
  for (;;) {
    const page = namesOf(await events.streams(prefix, all.at(-1), limit))
    all.push(...page)
    if (page.length < limit) return all
  }
}

function namesOf(heads: readonly StreamHead[]): string[] {
  return heads.map(({ stream }) => stream)
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function isShort({ length }: string): boolean {
  return length <= 300
}
