import { expect, it } from 'vitest'
import type { CommandRecord } from 'weir/ports'
import { append, command, one, part, readAll, versionOf } from '../builders.ts'
import type { Subject } from '../subject.ts'

export function commandLaws(subject: Subject): void {
  const buy = (stream: string, ...ids: string[]) => ({
    streams: [part(stream, 'any')],
    commands: ids.map((id) => command(id, stream)),
  })

  it('G6 a command is recorded with its append, and found as it was', async () => {
    const { events } = subject
    const record = { commandId: 'key-1', stream: 'order-1', version: 7, count: 3, hash: 'abc' }
    await append(events, { streams: [part('order-1', 'absent', 7)], commands: [record] })
    expect(await events.findCommand('key-1')).toEqual(record)
    expect(await events.findCommand('key-2')).toBeUndefined()
  })

  it('G6 a command id is recorded once: in one group, and in a later one', async () => {
    const { events } = subject
    const results = await events.append([buy('order-1', 'key-1'), buy('order-1', 'key-1'), buy('order-1', 'key-2')])
    expect(results.map((result) => result.outcome)).toEqual(['appended', 'duplicate', 'appended'])
    expect(await append(events, buy('order-2', 'key-1'))).toEqual({ outcome: 'duplicate', commandId: 'key-1' })
    expect(await versionOf(events, 'order-1')).toBe(2)
    expect(await readAll(events, 'order-2')).toEqual([])
    expect(await events.findCommand('key-1')).toMatchObject({ stream: 'order-1' })
  })

  it('G6 of appends that race with one command id, one wins', async () => {
    const { events } = subject
    const racers = Array.from({ length: 30 }, (_, index) => append(events, buy(`order-${index}`, 'key-1')))
    const outcomes = (await Promise.all(racers)).map((result) => result.outcome)
    expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(29)
  })

  it('G6 a duplicate among several commands stops all that its append holds', async () => {
    const { events } = subject
    await append(events, buy('order-1', 'key-2'))
    expect(await append(events, buy('order-2', 'key-1', 'key-2', 'key-3'))).toEqual({
      outcome: 'duplicate',
      commandId: 'key-2',
    })
    expect(await readAll(events, 'order-2')).toEqual([])
    expect(await events.findCommand('key-1')).toBeUndefined()
    expect(await events.findCommand('key-3')).toBeUndefined()
  })

  it('G6 an append that bears one command id twice is a duplicate of itself', async () => {
    const { events } = subject
    expect((await append(events, buy('order-1', 'key-1', 'key-1'))).outcome).toBe('duplicate')
    expect(await events.findCommand('key-1')).toBeUndefined()
  })

  it('G6 a command of an append that conflicts is not recorded, and may be tried again', async () => {
    const { events } = subject
    const late = { streams: [part('order-1', 5)], commands: [command('key-1')] }
    expect((await append(events, late)).outcome).toBe('conflict')
    expect(await events.findCommand('key-1')).toBeUndefined()
    expect((await append(events, buy('order-1', 'key-1'))).outcome).toBe('appended')
  })

  it('G6 a retry that meets its own stream is a duplicate, not a conflict: it has its answer', async () => {
    const { events } = subject
    const create = { streams: [part('order-1', 'absent')], commands: [command('key-1')] }
    await append(events, create)
    expect(await append(events, create)).toEqual({ outcome: 'duplicate', commandId: 'key-1' })
  })

  it('G6 a command without events is recorded too', async () => {
    const { events } = subject
    await append(events, one('order-1', 'absent'))
    const nothing = { ...command('key-1'), count: 0 }
    await append(events, { streams: [part('order-1', 1, 0)], commands: [nothing] })
    expect(await events.findCommand('key-1')).toEqual(nothing)
  })

  it('G6 the commands can be listed page by page, each once', async () => {
    const { events } = subject
    expect(await events.commands(undefined, 10)).toEqual([])
    const records = ['b', 'a', 'key-10', 'key-9', 'Ä', '🙂', "it's"].map((id) => command(id))
    await append(events, { streams: [part('order-1', 'absent')], commands: records.slice(0, 4) })
    await append(events, { streams: [], commands: records.slice(4) })
    expect((await append(events, { streams: [part('order-1', 5)], commands: [command('lost')] })).outcome).toBe(
      'conflict',
    )
    for (const limit of [1, 3, 7, 100]) {
      const listed: CommandRecord[] = []
      for (let more = true; more && listed.length <= records.length; ) {
        const page = await events.commands(listed.at(-1)?.commandId, limit)
        listed.push(...page)
        more = page.length === limit
      }
      expect(listed).toHaveLength(records.length)
      expect(listed).toEqual(expect.arrayContaining(records))
    }
  })
}
