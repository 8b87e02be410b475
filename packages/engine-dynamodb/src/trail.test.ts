import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CommitKey, lastVersion } from './commits.ts'
import { type EntryPlace, extend, lastOn, type Trail, toNumbers, toTrail, trailBefore } from './trail.ts'

/** An order whose commits stand in a page each, and what each keeps of those before it. */
function placed(counts: readonly number[]) {
  const before: Trail[] = []
  const commits: CommitKey[] = []
  let trail: Trail = []
  let version = 1
  for (const [index, count] of counts.entries()) {
    const commit = { stream: 'order-1', version, count }
    commits.push(commit)
    before.push(trailBefore(trail, commit))
    trail = extend(trail, commit, { page: index + 1, index: 0 })
    version = lastVersion(commit) + 1
  }
  return { commits, before, trail }
}

/** Looks for the last commit up to a page, and tells how many others were read on the way. */
async function search({ before, trail }: ReturnType<typeof placed>, upTo: number) {
  let reads = 0
  const read = async ({ page }: EntryPlace) => {
    reads += 1
    return before[page - 1] as Trail
  }
  const found = await lastOn(trail, ({ page }) => page <= upTo, read)
  return { page: found?.page ?? 0, reads }
}

it('any commit of a hot stream is found in a few steps, however far back it lies', async () => {
  const stream = placed(Array<number>(100_000).fill(1))
  for (const upTo of [0, 1, 7, 8, 9, 4_095, 4_097, 31_337, 65_536, 99_998, 99_999, 100_000]) {
    const { page, reads } = await search(stream, upTo)
    expect(page).toBe(upTo)
    expect(reads).toBeLessThanOrEqual(6 * 8)
  }
  const kept = stream.before.reduce((sum, trail) => sum + trail.length, 0)
  expect(kept / stream.before.length).toBeLessThan(1.2)
})

it('whatever commits hold, the one is found that is looked for', async () => {
  const counts = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 120 })
  await fc.assert(
    fc.asyncProperty(counts, fc.nat({ max: 120 }), async (all, upTo) => {
      expect((await search(placed(all), upTo)).page).toBe(Math.min(upTo, all.length))
    }),
  )
})

it('a trail that knows only the last commit, as they were once, is a longer way', async () => {
  const stream = placed(Array<number>(60).fill(1))
  const short = { ...stream, trail: stream.trail.slice(0, 1), before: stream.before.map((trail) => trail.slice(0, 1)) }
  expect(await search(short, 3)).toEqual({ page: 3, reads: 57 })
})

it('a trail comes back as it was written', () => {
  const { trail } = placed([1, 20, 3])
  expect(toTrail(toNumbers(trail))).toEqual(trail)
})
