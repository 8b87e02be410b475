import { setTimeout as pause } from 'node:timers/promises'
import { testDatabase } from '@weir/test-postgres'
import { expect, it } from 'vitest'
import { Database } from './database.ts'
import { Fire, feedReader, horizonReader, positionReader, Reading, type Report } from './feed-under-fire.fixture.ts'
import { connect, one, until, useStage } from './testing.fixture.ts'

/** How long the writers write, in seconds. With WEIR_FIRE_SECONDS, the table of what was measured is shown. */
const seconds = Number(process.env.WEIR_FIRE_SECONDS ?? 30)

const stage = useStage()

it(`G2 under writers of all kinds, for ${seconds} s, the feed loses nothing, keeps streams in order, waits for nobody`, {
  timeout: (seconds + 120) * 1_000,
}, async () => {
  await stage.open('fire')
  const database = new Database({ url: stage.url, schema: 'fire', connections: 20 })
  const elsewhere = await testDatabase()
  const other = await connect(elsewhere.url)
  await other.query('BEGIN; SELECT pg_current_xact_id()')
  const open = await stage.begin('fire')
  await open.append(one('open', 'absent'))

  const parts = [0, 1, 2].map((partition) => new Reading(feedReader(database, { partition, of: 3 })))
  const whole = new Reading(feedReader(database))
  const byPosition = new Reading(positionReader(database))
  const byHorizon = new Reading(horizonReader(database))
  const fire = new Fire(database)
  await pause(seconds * 1_000)
  await fire.stop()
  const { written } = fire

  // All but what is still open has been given while that is open.
  const sum = () => parts.reduce((count, part) => count + part.count, 0)
  await until(() => whole.count >= written.length && sum() >= written.length)
  expect([whole.count, sum(), byHorizon.count]).toEqual([written.length, written.length, 0])
  await open.commit()
  await other.query('COMMIT')
  written.push({ stream: 'open', version: 1, at: performance.now() })
  await Promise.all([whole, ...parts, byPosition, byHorizon].map((reading) => reading.finish()))

  const sound = { lost: 0, doubled: 0, unordered: 0 }
  const reports = [whole, byPosition, byHorizon].map((reading) => reading.report(written)) as [Report, Report, Report]
  const [own, position, horizon] = reports
  show({ 'snapshots (Weir)': own, 'position > last': position, 'xmin, (xid, position)': horizon })
  expect(own).toMatchObject({ given: written.length, ...sound })
  expect(own.maxLag).toBeLessThan(2_000)
  expect(sum()).toBe(written.length)
  for (const part of parts) {
    const mine = part.report(written)
    expect(mine).toMatchObject({ lost: written.length - mine.given, doubled: 0, unordered: 0 })
    expect(mine.maxLag).toBeLessThan(2_000)
  }
  // That it was no easy fire: others lose, turn round and wait.
  expect(position.lost).toBeGreaterThan(0)
  expect(horizon.unordered).toBeGreaterThan(0)
  expect(horizon.maxLag).toBeGreaterThan(seconds * 900)

  await other.end()
  await elsewhere.drop()
  await database.close()
})

function show(table: Record<string, Report>): void {
  if (process.env.WEIR_FIRE_SECONDS !== undefined) console.table(table)
}
