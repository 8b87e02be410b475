import { expect, test } from 'vitest'
import { UsageError } from './errors.ts'
import { readSettings, withoutPort } from './settings.ts'

test('without options and variables everything has a default, and only this machine is listened to', () => {
  expect(readSettings({}, {})).toEqual({
    port: 3000,
    data: './data',
    host: '127.0.0.1',
    logLevel: 'info',
    database: undefined,
    works: true,
    introspection: true,
    takeOverAfter: 5000,
  })
})

test('the environment goes before the defaults, options go before the environment', () => {
  const environment = { PORT: '4000', WEIR_DATA: '/a', LOG_LEVEL: 'DEBUG' }
  expect(readSettings({}, environment)).toMatchObject({ port: 4000, data: '/a', logLevel: 'debug' })
  const flags = { port: '0', data: '/b', host: '0.0.0.0' }
  expect(readSettings(flags, environment)).toMatchObject({ port: 0, data: '/b', host: '0.0.0.0' })
})

test('a variable that is empty counts as not given', () => {
  expect(readSettings({}, { PORT: '', WEIR_DATA: '', LOG_LEVEL: '' })).toMatchObject({ port: 3000, data: './data' })
})

test('the GraphQL schema is shown, but not in production unless that is asked for', () => {
  const shown = (environment: Record<string, string>) => readSettings({}, environment).introspection
  expect(shown({ NODE_ENV: 'production' })).toBe(false)
  expect(shown({ NODE_ENV: 'production', GRAPHQL_INTROSPECTION: 'on' })).toBe(true)
  expect(shown({ NODE_ENV: 'test' })).toBe(true)
  expect(shown({ GRAPHQL_INTROSPECTION: 'off' })).toBe(false)
  expect(() => shown({ GRAPHQL_INTROSPECTION: 'yes' })).toThrow("GRAPHQL_INTROSPECTION is 'yes', but it is on or off.")
})

test('work is left to others only where others can do it', () => {
  const database = 'postgres://app:secret@db:5432/shop'
  expect(readSettings({ workers: false }, { DATABASE_URL: database })).toMatchObject({ works: false, database })
  expect(() => readSettings({ workers: false }, {})).toThrow(/^--no-workers needs PostgreSQL.*Set DATABASE_URL/)
})

test.each(['0', '0.4', '3601', '5s', '1e3', '-5'])('%j is no time after which work is taken over', (seconds) => {
  expect(() => readSettings({}, { WEIR_TAKE_OVER_AFTER: seconds })).toThrow(/^WEIR_TAKE_OVER_AFTER is .* seconds/)
  expect(readSettings({}, { WEIR_TAKE_OVER_AFTER: '0.5' })).toMatchObject({ takeOverAfter: 500 })
})

test.each(['abc', '-1', '65536', '1e3', ' 80', '80.5', ''])('%j is no port', (port) => {
  expect(() => readSettings({ port }, {})).toThrow(UsageError)
  expect(() => readSettings({ port }, {})).toThrow('--port')
})

test('what is wrong in the environment is named as such', () => {
  expect(() => readSettings({}, { PORT: 'http' })).toThrow(/^PORT is 'http'/)
  expect(() => readSettings({}, { LOG_LEVEL: 'loud' })).toThrow(/^LOG_LEVEL is 'loud'.*info/)
})

test('a port of the environment counts for nothing where it is not asked for', () => {
  expect(readSettings({ port: '0' }, withoutPort({ PORT: '99999' }))).toMatchObject({ port: 0 })
  expect(readSettings({}, withoutPort({ PORT: '99999', WEIR_DATA: '/a' }))).toMatchObject({ port: 3000, data: '/a' })
})

test.each(['data', 'host'])('--%s needs a value', (flag) => {
  expect(() => readSettings({ [flag]: '' }, {})).toThrow(`--${flag} needs a value`)
})
