import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { apiKey, app } from 'weir'
import { silentLogger } from 'weir/ports'
import { completeKeys, readKeys } from './keys.ts'
import { localKeys } from './keys-file.ts'

const open = app('shop', { routes: {} })
const guarded = { ...app('stock', { routes: {} }), routes: [{ guard: apiKey() } as never] }

const strong = 'a-secret-of-20-signs'
const production = { NODE_ENV: 'production', WEIR_OPERATOR_KEY: strong, API_KEY: strong }

const read = (environment: Record<string, string>, apps = [open, guarded]) => readKeys(environment, apps, silentLogger)

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'weir-keys-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('keys of the environment are separated by commas, so that they can be rotated', () => {
  expect(read({ API_KEY: ' one , two,', WEIR_OPERATOR_KEY: strong, WEIR_READER_KEY: 'x' })).toEqual({
    apiKeys: ['one', 'two'],
    operatorKeys: [strong],
    readerKeys: ['x'],
  })
})

test('in production every key that is missing or weak is named at once, and none is shown', () => {
  const refused = () => read({ NODE_ENV: 'production', WEIR_READER_KEY: 'guessable' })
  expect(refused).toThrow(/none in WEIR_OPERATOR_KEY .*API_KEY .*stock.*16 characters.*WEIR_READER_KEY/)
  expect(refused).not.toThrow(/guessable/)
  expect(() => read({ ...production, API_KEY: '' })).toThrow('API_KEY')
  expect(() => read({ ...production, API_KEY: '' }, [open])).not.toThrow()
  expect(read(production)).toMatchObject({ apiKeys: [strong], operatorKeys: [strong] })
})

test('a weak key is only warned of on the own machine', () => {
  const warned: unknown[] = []
  const logger = { ...silentLogger, warn: (fields: unknown) => warned.push(fields) }
  readKeys({ API_KEY: 'short' }, [guarded], logger)
  expect(warned).toEqual([{ variable: 'API_KEY' }])
})

test.each(['with space', 'schlüssel'])('%j is refused: no header could carry it', (key) => {
  expect(() => read({ API_KEY: key })).toThrow(/^API_KEY has a key that no header can carry/)
})

test('what is missing is made up and stays the same; what nobody needs is left out', () => {
  const directory = folder()
  const first = completeKeys(read({}), [open, guarded], directory)
  expect(first.made).toMatchObject({
    path: join(directory, 'keys.json'),
    apiKey: expect.stringMatching(/^weir_[\w-]{32}$/),
  })
  expect(first.keys).toEqual({ apiKeys: [first.made?.apiKey], operatorKeys: [first.made?.operatorKey], readerKeys: [] })
  expect(completeKeys(read({}), [open, guarded], directory)).toEqual(first)
  expect(completeKeys(read({}), [open], directory).made).not.toHaveProperty('apiKey')
  expect(first.made?.apiKey).not.toBe(first.made?.operatorKey)
})

test('what the environment gives is neither replaced nor shown, and no file is made', () => {
  const directory = folder()
  const { keys, made } = completeKeys(read({ API_KEY: 'mine', WEIR_OPERATOR_KEY: strong }), [guarded], directory)
  expect(keys).toMatchObject({ apiKeys: ['mine'], operatorKeys: [strong] })
  expect(made).toBeUndefined()
  expect(readdirSync(directory)).toEqual([])
})

test('the file is for its owner alone, and nothing else is left beside it', () => {
  const directory = folder()
  const { path } = localKeys(directory)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['keys.json'])
})

test.each(['', '{}', '{"apiKey":"a"}', 'null'])('a file with %j says how to get new keys', (text) => {
  const directory = folder()
  writeFileSync(join(directory, 'keys.json'), text)
  expect(() => localKeys(directory)).toThrow(/keys\.json cannot be read: .*Remove it/)
})
