import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { type Dynoxide, startDynoxide } from '@weir/engine-dynamodb/local'
import { sqliteEngine } from '@weir/engine-sqlite'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { memoryEngine } from 'weir/memory'
import type { Append, EventStore } from 'weir/ports'
import { type CopyFlags, copy } from './copy.ts'

let dynoxide: Dynoxide
let folder: string
let said: string

beforeAll(async () => {
  dynoxide = await startDynoxide()
  folder = mkdtempSync(join(tmpdir(), 'weir-copy-'))
})

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynoxide.endpoint)
  vi.stubEnv('DATABASE_URL', '')
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    said += stripVTControlCharacters(String(chunk))
    return true
  })
  return () => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
})

afterAll(async () => {
  await dynoxide.stop()
  rmSync(folder, { recursive: true })
})

async function run(flags: CopyFlags): Promise<number> {
  said = ''
  return copy(flags)
}

const digest = () => /✓ both hold 60 events in 40 commits, and 10 commands: ([0-9a-f]{16})/.exec(said)?.[1]

const commits = Array.from({ length: 40 }, (_, index): Append => {
  const stream = `order-${index % 7}`
  const count = 1 + (index % 2)
  const command = { commandId: `key-${index}`, stream, version: 1, count, hash: 'hash' }
  const payload = JSON.stringify({ at: index, text: `it's “so” 🙂`, events: [] })
  return { streams: [{ stream, expected: 'any', count, payload }], commands: index % 4 === 0 ? [command] : [] }
})

async function record(directory: string, group: readonly Append[]): Promise<void> {
  const engine = await sqliteEngine({ directory })('shop')
  await engine.events.append(group)
  await engine.close()
}

/** Works on the log in DynamoDB as a function on AWS does: it leaves placing to others. */
async function onDynamodb(work: (events: EventStore) => Promise<unknown>): Promise<void> {
  const tables = (name: string) => ({ events: `dev-${name}-events`, index: `dev-${name}-index` })
  const engine = await dynamodbEngine({ tables, readModels: memoryEngine(), places: false })('shop')
  await work(engine.events)
  await engine.close()
}

test('an application moves from SQLite to DynamoDB and back', async () => {
  const [here, there] = [join(folder, 'here'), join(folder, 'there')]
  await record(here, commits)
  expect(await run({ from: here, to: 'dynamodb:dev-', withoutPolicies: true })).toBe(0)
  const moved = digest()
  expect(moved).toBeDefined()
  expect(await run({ from: 'dynamodb:dev-', to: there, app: 'shop', withoutPolicies: true })).toBe(0)
  expect(digest()).toBe(moved)
  expect(await run({ from: 'dynamodb:dev-', to: here, verify: true })).toBe(0)

  await onDynamodb((events) => events.append(commits.slice(0, 1).map((each) => ({ ...each, commands: [] }))))
  expect(await run({ from: 'dynamodb:dev-', to: there, withoutPolicies: true })).toBe(0)
  expect(said).toMatch(/ 1 event copied .*✓ both hold 61 events in 41 commits/s)
})

test('what DynamoDB cannot take is told, with where it is', async () => {
  const here = join(folder, 'large')
  const payload = JSON.stringify('x'.repeat(400_000))
  await record(here, [{ streams: [{ stream: 'order-1', expected: 'absent', count: 1, payload }], commands: [] }])
  const copying = run({ from: here, to: 'dynamodb:large-', withoutPolicies: true })
  await expect(copying).rejects.toThrow(/cannot take version 1 of order-1: .* 400002 bytes, and it takes 380000/)
})

test('policies of a store in DynamoDB need to be found', async () => {
  await expect(run({ from: 'dynamodb:dev-', to: join(folder, 'other') })).rejects.toThrow(/Set DATABASE_URL to where/)
  await expect(run({ from: 'dynamodb:nobody-', to: folder })).rejects.toThrow(/There is no store in dynamodb:nobody-/)
})
