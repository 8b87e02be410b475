import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { placeOf, readDatabase } from './database-url.ts'

test('without a URL there is none', () => {
  expect(readDatabase({})).toBeUndefined()
  expect(readDatabase({ DATABASE_URL: '' })).toBeUndefined()
})

test.each([
  ['postgres://app:secret@db.internal:6432/shop', 'postgres://db.internal:6432/shop'],
  ['postgresql://app@db/shop?sslmode=require&password=secret', 'postgres://db:5432/shop'],
  ['postgres://app:secret@/shop?host=/var/run/postgresql', 'postgres:///var/run/postgresql:5432/shop'],
  ['postgres:///shop', 'postgres://localhost:5432/shop'],
])('%s is shown as %s', (url, place) => {
  expect(readDatabase({ DATABASE_URL: url })).toBe(url)
  expect(placeOf(url)).toBe(place)
})

test.each([
  'mysql://app:secret@db/shop',
  'db.internal/shop?password=secret',
  'postgres:secret',
  'postgres://app:se#cret@db:5432/shop',
  'postgres://app:secret@db:port/shop',
  'postgres://app:hunter@2secret#x@127.0.0.1:5/shop',
  'postgres://app:hunter@2secret@db/shop',
  'postgres://app:5/secret@db/shop',
  'postgres://app:5/x?secret@db/shop',
  'postgres://app:pass@db/shop#secret',
])('%s is refused, and not repeated', (url) => {
  const read = () => readDatabase({ DATABASE_URL: url })
  expect(read).toThrow(UsageError)
  expect(read).toThrow(/postgres:\/\/user:password@host:5432\/database.*%40/)
  expect(read).not.toThrow(/cret/)
})

test.each(['postgres://secret:pw@db:5432', 'postgres://secret:pw@db:5432/', 'postgres://secret@db?sslmode=disable'])(
  '%s lacks a database, which is told without the user',
  (url) => {
    const read = () => readDatabase({ DATABASE_URL: url })
    expect(read).toThrow(UsageError)
    expect(read).toThrow(/names no database.*postgres:\/\/user:password@host:5432\/database/)
    expect(read).not.toThrow(/secret/)
  },
)
