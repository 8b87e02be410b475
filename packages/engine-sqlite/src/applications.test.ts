import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sqliteApplications } from './applications.ts'
import { sqliteEngine } from './engine.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-applications-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

it('finds the stores of a folder, and passes over the books of others', async () => {
  for (const name of ['helpdesk', 'box-office']) await (await sqliteEngine({ directory })(name)).close()
  const books = new DatabaseSync(join(directory, 'gateway.db'))
  books.exec('PRAGMA journal_mode = WAL; CREATE TABLE charges (id)')
  mkdirSync(join(directory, 'folder.db'))
  expect(sqliteApplications(directory)).toEqual(['box-office', 'helpdesk'])
  books.close()
})

it('keeps what is damaged, so that nobody takes it for missing', () => {
  writeFileSync(join(directory, 'diary.db'), 'Dear diary,\n'.repeat(500))
  expect(sqliteApplications(directory)).toEqual(['diary'])
})

it('finds nothing in a folder that is not there', () => {
  expect(sqliteApplications(join(directory, 'nowhere'))).toEqual([])
})
