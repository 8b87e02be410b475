import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { expect, it } from 'vitest'
import type { Append, AppendResult, Engine, Expectation } from 'weir/ports'
import { appendGroup } from './append.ts'
import { Database } from './database.ts'
import { append, by, one, part, until, useStage } from './testing.fixture.ts'

const stage = useStage()

/** Two processes on one store. */
async function openTwo(application: string): Promise<[Engine, Engine]> {
  return [await stage.open(application), await stage.open(application)]
}

function outcomes(results: readonly AppendResult[]): string[] {
  return results.map(({ outcome }) => outcome)
}

async function versionOf({ events }: Engine, stream: string): Promise<number> {
  const commits = await events.readStream(stream, 0, 10_000)
  for (const [index, { version }] of commits.entries()) {
    const before = commits[index - 1]
    expect(version).toBe(before ? before.version + before.count : 1)
  }
  const last = commits.at(-1)
  return last ? last.version + last.count - 1 : 0
}

it('G1 of two processes that race for one version of a stream, one wins each time', async () => {
  const engines = await openTwo('races')
  for (let version = 0; version < 60; version += 1) {
    const expected: Expectation = version === 0 ? 'absent' : version
    const racers = engines.flatMap((engine) => [1, 2, 3].map(() => append(engine, one('order-1', expected))))
    const results = await Promise.all(racers)
    expect(outcomes(results).filter((outcome) => outcome === 'appended')).toHaveLength(1)
    for (const result of results) {
      if (result.outcome !== 'appended') {
        expect(result).toEqual({ outcome: 'conflict', stream: 'order-1', version: version + 1 })
      }
    }
  }
  expect(await versionOf(engines[0], 'order-1')).toBe(60)
})

it('G1 two processes that append to one stream whatever its version both succeed, one after the other', async () => {
  const engines = await openTwo('any')
  const racers = Array.from({ length: 100 }, (_, index) =>
    append(engines[index % 2] as Engine, one('order-1', 'any', 2)),
  )
  const versions = (await Promise.all(racers)).flatMap((result) =>
    result.outcome === 'appended' ? result.versions : [],
  )
  expect(versions.toSorted((a, b) => a - b)).toEqual(racers.map((_, index) => 2 * (index + 1)))
  expect(await versionOf(engines[1], 'order-1')).toBe(200)
})

it('G6 of two processes that bring one command id at once, for different streams, one records it', async () => {
  const engines = await openTwo('keys')
  for (let round = 0; round < 40; round += 1) {
    const results = await Promise.all(
      engines.map((engine, index) =>
        engine.events.append([by(`key-${round}`, `order-${round}-${index}`), one(`other-${round}-${index}`, 'absent')]),
      ),
    )
    const firsts = results.map(([first]) => first?.outcome)
    expect(firsts.toSorted()).toEqual(['appended', 'duplicate'])
    expect(results.map(([, second]) => second?.outcome)).toEqual(['appended', 'appended'])
    const winner = firsts.indexOf('appended')
    expect(await versionOf(engines[0], `order-${round}-${winner}`)).toBe(1)
    expect(await versionOf(engines[0], `order-${round}-${1 - winner}`)).toBe(0)
    expect(await engines[0].events.findCommand(`key-${round}`)).toMatchObject({ stream: `order-${round}-${winner}` })
  }
})

it.each<[string, Expectation]>([
  ['that are not there', 'absent'],
  ['at version 1', 1],
])('G1 of two that each write what the other checks, of streams %s, one fails', async (_, expected) => {
  const [left, right] = await openTwo(`skew ${expected}`)
  let wins = 0
  for (let round = 0; round < 150; round += 1) {
    const [a, b] = [`a-${round}`, `b-${round}`]
    if (expected === 1) await left.events.append([one(a, 'absent'), one(b, 'absent')])
    const members = [
      { streams: [part(a, expected), part(b, expected, 0)], commands: [] },
      { streams: [part(a, expected, 0), part(b, expected)], commands: [] },
    ]
    const [first, second] = (round % 2 ? members : members.toReversed()) as readonly Append[] as [Append, Append]
    const results = await Promise.all([append(left, first), append(right, second)])
    expect(outcomes(results).filter((outcome) => outcome === 'appended')).toHaveLength(1)
    wins += (await versionOf(left, a)) > (expected === 1 ? 1 : 0) ? 1 : 0
  }
  // Else they did not race.
  expect(wins).toBeGreaterThan(0)
  expect(wins).toBeLessThan(150)
})

it('G1 what is only checked holds until the commit: who writes it meanwhile waits', async () => {
  const engine = await stage.open('checked')
  await append(engine, one('customer-1', 'absent'))
  const transaction = await stage.begin('checked')
  const streams = [part('order-1', 'absent'), part('customer-1', 1, 0), part('customer-2', 'absent', 0)]
  expect(outcomes(await transaction.append({ streams, commands: [] }))).toEqual(['appended'])
  const sql = await stage.connect()
  let settled = 0
  const writers = ['customer-1', 'customer-2'].map(async (stream) => {
    const result = await append(engine, one(stream, 'any'))
    settled += 1
    return result
  })
  await until(async () => (await waitingIn(sql, 'checked')) === 2)
  expect(settled).toBe(0)
  await transaction.commit()
  expect(await Promise.all(writers)).toMatchObject([{ versions: [2] }, { versions: [1] }])
})

it('G1 in a group, one that conflicts leaves the others as they are, also while others write', async () => {
  const engines = await openTwo('groups')
  const groups = Array.from({ length: 40 }, (_, round) =>
    engines.map((engine, index) =>
      engine.events.append([
        one(`own-${round}-${index}`, 'absent'),
        one('shared', round * 1_000),
        by(`key-${round}-${index}`, `keyed-${round}-${index}`, 'absent'),
        { streams: [part(`lost-${round}-${index}`, 'absent'), part('never', 'present', 0)], commands: [] },
        one('counted', 'any'),
      ]),
    ),
  )
  for (const results of await Promise.all(groups.flat())) {
    const [own, , keyed, lost, counted] = outcomes(results)
    expect([own, keyed, lost, counted]).toEqual(['appended', 'appended', 'conflict', 'appended'])
  }
  expect(await versionOf(engines[0], 'counted')).toBe(80)
  expect(await versionOf(engines[0], 'lost-0-0')).toBe(0)
})

it('G1 appends of many streams in whatever order never wait for each other in a circle', async () => {
  const engine = await stage.open('circles')
  const database = new Database({ url: stage.url, schema: 'circles', connections: 8 })
  const random = (below: number) => Math.floor(Math.random() * below)
  const member = (): Append => {
    const names = new Set(Array.from({ length: 4 }, () => `stream-${random(12)}`))
    const streams = [...names].map((stream, index) => part(stream, 'any', index % 2))
    return { streams, commands: by(`key-${random(200)}`, 'stream-1').commands }
  }
  let runs = 0
  const run = () =>
    database.transaction((query) => {
      // It runs again when PostgreSQL had to break a circle.
      runs += 1
      const target = { name: (table: string) => database.name(table), query, read: query, epoch: null }
      return appendGroup(target, [member()])
    })
  for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 8 }, run))
  await database.close()
  expect(runs).toBe(320)
  for (let index = 0; index < 12; index += 1) await versionOf(engine, `stream-${index}`)
})

it('what fails or only checks leaves no trace', async () => {
  const engine = await stage.open('trace')
  await append(engine, one('there', 'absent'))
  await append(engine, by('known', 'there'))
  await engine.events.append([
    { streams: [part('a', 'absent'), part('b', 'present', 0)], commands: by('k', 'a').commands },
    { streams: [part('c', 'absent'), part('d', 'absent', 0)], commands: [] },
    { streams: [part('e', 'absent')], commands: [...by('known', 'e').commands, ...by('l', 'e').commands] },
    one('f', 'absent', 0),
    one('there', 7),
    { streams: [part('g', 'absent', 0)], commands: by('m', 'g').commands },
  ])
  const sql = await stage.connect()
  const { rows: streams } = await sql.query('SELECT stream FROM trace.streams ORDER BY stream')
  expect(streams.map(({ stream }) => stream)).toEqual(['c', 'there'])
  const { rows: commands } = await sql.query('SELECT command_id FROM trace.commands ORDER BY command_id')
  expect(commands.map(({ command_id: id }) => id)).toEqual(['known', 'm'])
})

it('G7 an append that only checks draws no transaction id, and waits for nobody', async () => {
  const engine = await stage.open('checks')
  await append(engine, one('order-1', 'absent'))
  const writer = await stage.begin('checks')
  await writer.append(one('order-1', 1), one('order-2', 'absent'))
  const checker = await stage.begin('checks')
  const results = await checker.append(one('order-1', 1, 0), one('order-2', 'absent', 0))
  expect(outcomes(results)).toEqual(['appended', 'appended'])
  const assigned = await checker.query('SELECT pg_current_xact_id_if_assigned()::text AS xid')
  expect(assigned).toEqual([{ xid: null }])
})

it('G7 what a group only checks is judged at one moment, also when the group has to wait for a part of it', async () => {
  const engine = await stage.open('moment')
  await engine.events.append([one('order-1', 'absent'), one('order-2', 'absent')])
  const transaction = await stage.begin('moment')
  await transaction.append(one('order-1', 1), one('order-2', 1))
  const sql = await stage.connect()
  const group = engine.events.append([
    { streams: [part('order-3', 'absent'), part('order-1', 2, 0)], commands: [] },
    { streams: [part('order-1', 2, 0), part('order-2', 1, 0)], commands: [] },
  ])
  await until(async () => (await waitingIn(sql, 'moment')) === 1)
  await transaction.commit()
  expect(await group).toMatchObject([{ outcome: 'appended' }, { outcome: 'conflict', stream: 'order-2', version: 2 }])
})

it.each([
  ['off', 'on'],
  ['local', 'on'],
  ['on', 'on'],
  ['remote_apply', 'remote_apply'],
])('G3 where the default is synchronous_commit = %s, an append is committed with %s', async (given, kept) => {
  await stage.open('durable')
  const transaction = await stage.begin('durable')
  await transaction.query(`SELECT set_config('synchronous_commit', $1, true)`, [given])
  await transaction.append(one(`order-${given}`, 'any'))
  expect(await transaction.query('SHOW synchronous_commit')).toEqual([{ synchronous_commit: kept }])
})

it('names and command ids that no index can hold are told from each other, and come back whole', async () => {
  const engine = await stage.open('long')
  const long = randomBytes(6_000).toString('base64')
  const names = [long, `${long}!`, `${long.slice(0, -1)}`]
  const results = await engine.events.append(names.map((stream, index) => by(`${long}${index}`, stream, 'absent')))
  expect(outcomes(results)).toEqual(['appended', 'appended', 'appended'])
  for (const [index, stream] of names.entries()) {
    expect(await engine.events.readStream(stream, 0, 10)).toMatchObject([{ stream, version: 1 }])
    expect(await engine.events.findCommand(`${long}${index}`)).toMatchObject({ commandId: `${long}${index}`, stream })
  }
  const { commits } = await engine.events.readFeed(undefined, 10)
  expect(commits.map(({ stream }) => stream)).toEqual(names)
  expect(await append(engine, by(`${long}1`, 'other'))).toEqual({ outcome: 'duplicate', commandId: `${long}1` })
})

it('G6 of command ids that are known or come twice, the first is named', async () => {
  const engine = await stage.open('twice')
  await append(engine, by('known', 'order-1'))
  const bearing = (...ids: string[]): Append => {
    return { streams: [part('order-2', 'any')], commands: ids.flatMap((id) => by(id, 'order-2').commands) }
  }
  expect(await append(engine, bearing('a', 'known', 'a'))).toEqual({ outcome: 'duplicate', commandId: 'known' })
  expect(await append(engine, bearing('a', 'b', 'a', 'known'))).toEqual({ outcome: 'duplicate', commandId: 'a' })
  expect(await append(engine, bearing('b', 'a', 'known'))).toEqual({ outcome: 'duplicate', commandId: 'known' })
  expect(await versionOf(engine, 'order-2')).toBe(0)
})

/** How many appends in a schema wait for a lock. */
async function waitingIn(sql: Client, application: string): Promise<number> {
  const { rows } = await sql.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND query LIKE $1 AND datname = current_database()`,
    [`%"${application}"."append"%`],
  )
  return rows[0].count
}
