import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Append, AppendResult, Expectation } from 'weir/ports'
import { command, located, one, part, readAll, versionOf } from '../builders.ts'
import type { Subject } from '../subject.ts'
import { Consumer } from './consumer.ts'

export function groupLaws(subject: Subject): void {
  it('an empty group is harmless', async () => {
    const { events } = subject
    expect(await events.append([])).toEqual([])
    expect((await events.readFeed(undefined, 10)).commits).toEqual([])
  })

  it('G1 a member sees those before it, and one that fails harms no other', async () => {
    const { events } = subject
    const group = [one('a', 'absent', 2), one('a', 'absent'), one('b', 'present'), one('a', 2), one('b', 'absent')]
    const results = await events.append(group)
    expect(results.map((result) => result.outcome)).toEqual([
      'appended',
      'conflict',
      'conflict',
      'appended',
      'appended',
    ])
    expect([await versionOf(events, 'a'), await versionOf(events, 'b')]).toEqual([3, 1])
  })

  it('G8 a member is covered by who has been given all that it wrote, and by nobody sooner', async () => {
    const { events } = subject
    const members = [one('a', 'absent'), { streams: [part('b', 'absent'), part('c', 'absent')], commands: [] }]
    const results = await events.append(members)
    const positions = await Promise.all(
      members.map((member, index) => located(events, member, results[index] as AppendResult)),
    )
    const consumer = new Consumer(events)
    for (let more = true; more; ) {
      more = await consumer.page(1)
      const given = new Set(consumer.given.map(({ stream }) => stream))
      const expected = [given.has('a'), given.has('b') && given.has('c')]
      expect(positions.map((position) => events.covers(consumer.cursor, position))).toEqual(expected)
    }
    expect(consumer.given).toHaveLength(3)
  })

  it('a group of thousands is one append like any other', async () => {
    const { events } = subject
    const results = await events.append(
      Array.from({ length: 3_000 }, (_, index) => one(`order-${index % 1_000}`, 'any')),
    )
    expect(results.every((result) => result.outcome === 'appended')).toBe(true)
    expect(await versionOf(events, 'order-7')).toBe(3)
  })

  it('G1, G6 any sequence of groups does what a plain model does', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(member(), { maxLength: 6 }), { maxLength: 6 }), async (groups) => {
        const own = groups.map((group) => group.map((plain) => prefixed(plain, `${run}-`)))
        run += 1
        await agrees(subject, own)
      }),
      { numRuns: Math.ceil(60 / subject.every) },
    )
  })
}

async function agrees({ events }: Subject, groups: readonly Append[][]): Promise<void> {
  const model = new Model()
  for (const group of groups) {
    const expected = group.map((each) => model.append(each))
    expect(await events.append(group)).toMatchObject(expected)
  }
  for (const [stream, version] of model.versions) {
    expect(await versionOf(events, stream)).toBe(version)
    const commits = await readAll(events, stream)
    expect(commits.map(({ payload }) => payload)).toEqual(model.payloads.filter((each) => each.includes(`"${stream}"`)))
  }
  for (const id of model.commands) expect(await events.findCommand(id)).toMatchObject({ commandId: id })
}

function member(): fc.Arbitrary<Append> {
  const expected = fc.oneof(fc.constantFrom<Expectation>('absent', 'present', 'any'), fc.integer({ min: 0, max: 4 }))
  const streams = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), expected, fc.integer({ min: 0, max: 3 })), {
    selector: ([stream]) => stream,
    maxLength: 3,
  })
  const commands = fc.array(fc.constantFrom('k', 'l', 'm', 'n'), { maxLength: 2 })
  return fc.record({
    streams: streams.map((parts) => parts.map((each) => part(...each))),
    commands: commands.map((ids) => ids.map((id) => command(id))),
  })
}

/** The same member in a world of its own: runs share a store. */
function prefixed({ streams, commands }: Append, prefix: string): Append {
  return {
    streams: streams.map(({ stream, expected, count }) => part(prefix + stream, expected, count)),
    commands: commands.map(({ commandId }) => command(prefix + commandId)),
  }
}

/** What `append` has to do, in the fewest words. */
class Model {
  readonly versions = new Map<string, number>()
  readonly commands = new Set<string>()
  readonly payloads: string[] = []

  append({ streams, commands }: Append): Partial<AppendResult> {
    const ids = commands.map(({ commandId }) => commandId)
    const known = ids.find((id, index) => this.commands.has(id) || ids.indexOf(id) < index)
    if (known !== undefined) return { outcome: 'duplicate', commandId: known }
    const wrong = streams.find(({ stream, expected }) => !this.#holds(expected, this.#version(stream)))
    if (wrong) return { outcome: 'conflict', stream: wrong.stream, version: this.#version(wrong.stream) }
    for (const id of ids) this.commands.add(id)
    for (const { stream, count, payload } of streams) {
      this.versions.set(stream, this.#version(stream) + count)
      if (count > 0) this.payloads.push(payload)
    }
    return { outcome: 'appended', versions: streams.map(({ stream }) => this.#version(stream)) }
  }

  #version(stream: string): number {
    return this.versions.get(stream) ?? 0
  }

  #holds(expected: Expectation, version: number): boolean {
    return (
      expected === 'any' || (expected === 'present' ? version > 0 : version === (expected === 'absent' ? 0 : expected))
    )
  }
}
