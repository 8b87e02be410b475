import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Watcher } from './watcher.ts'

let folder: string
let changes: string[]
let watcher: Watcher

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-watcher-'))
  changes = []
  watcher = new Watcher((files) => changes.push(...files))
})

afterEach(() => {
  watcher.close()
  rmSync(folder, { recursive: true })
})

const at = (name: string) => join(folder, name)
const seen = (name: string) => vi.waitFor(() => expect(changes).toContain(at(name)))

test('a file that is written, replaced or made is seen; its neighbours are not', async () => {
  writeFileSync(at('a.ts'), '1')
  watcher.add(at('a.ts'))
  watcher.add(at('later.ts'))
  writeFileSync(at('neighbour.ts'), '1')
  writeFileSync(at('a.ts'), '2')
  await seen('a.ts')
  changes.length = 0
  writeFileSync(at('a.tmp'), '3')
  renameSync(at('a.tmp'), at('a.ts'))
  await seen('a.ts')
  writeFileSync(at('later.ts'), '1')
  await seen('later.ts')
  expect(changes).not.toContain(at('neighbour.ts'))
  expect(changes).not.toContain(at('a.tmp'))
})

test('of a file in a folder that is not there yet, the coming of the folder is seen', async () => {
  watcher.add(at('new/a.ts'))
  mkdirSync(at('new'))
  await seen('new')
})
