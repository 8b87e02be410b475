import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { banner, startFields, workBanner, workFields } from './banner.ts'

const started = {
  version: '1.2.3',
  url: 'http://localhost:3000',
  apps: [{ name: 'shop', base: '/shop' }],
  data: join(process.cwd(), 'data'),
  works: true,
  hasPages: false,
  hasConsole: false,
  keys: undefined,
  milliseconds: 321,
}

test('people see every address in one column', () => {
  const lines = stripVTControlCharacters(banner(started)).split('\n')
  expect(lines[1]).toContain('Weir 1.2.3 ready in 321 ms')
  expect(lines).toContain('  shop         http://localhost:3000/shop')
  expect(lines).toContain('    docs       http://localhost:3000/shop/docs')
  expect(lines).toContain('    openapi    http://localhost:3000/shop/openapi.json')
  expect(lines).toContain('    graphql    http://localhost:3000/shop/graphql')
  expect(lines).toContain('  health       http://localhost:3000/health')
  expect(lines).toContain('  data         data')
})

test('programs get the same as fields', () => {
  expect(startFields(started)).toMatchObject({
    url: 'http://localhost:3000',
    apps: [{ name: 'shop', url: 'http://localhost:3000/shop', docs: 'http://localhost:3000/shop/docs' }],
    health: 'http://localhost:3000/health',
    data: started.data,
  })
})

test('pages and the console have their addresses where they are there', () => {
  const shown = { ...started, hasPages: true, hasConsole: true }
  const lines = stripVTControlCharacters(banner(shown)).split('\n')
  expect(lines).toContain('  pages        http://localhost:3000/')
  expect(lines).toContain('  console      http://localhost:3000/console/')
  expect(startFields(shown)).toMatchObject({
    pages: 'http://localhost:3000/',
    console: 'http://localhost:3000/console/',
  })
  expect(startFields(started)).not.toHaveProperty('console')
})

test('a database is named as it is', () => {
  const data = 'postgres://db.internal:5432/shop'
  const lines = stripVTControlCharacters(banner({ ...started, data })).split('\n')
  expect(lines).toContain(`  data         ${data}`)
})

test('what only works has addresses when it listens, and none of the application', () => {
  const working = { ...started, apps: ['shop'], url: undefined }
  const shown = stripVTControlCharacters(workBanner(working))
  expect(shown).toContain(
    '  shop   projections and policies\n  does   folds projections and runs policies only; requests',
  )
  expect(shown).not.toContain('http')
  expect(workFields(working)).toEqual({
    version: '1.2.3',
    apps: ['shop'],
    does: expect.stringContaining('requests are answered by others'),
    data: started.data,
    milliseconds: 321,
  })
  const listening = { ...working, url: 'http://localhost:4000' }
  expect(stripVTControlCharacters(workBanner(listening))).toContain('health       http://localhost:4000/health\n')
  expect(workFields(listening)).toMatchObject({ url: listening.url, operations: 'http://localhost:4000/ops' })
})

test('a server that leaves the work to others says that it needs them', () => {
  const need = 'answers requests only; projections and policies need a process that works, such as weir work'
  expect(stripVTControlCharacters(banner({ ...started, works: false }))).toContain(need)
  expect(startFields({ ...started, works: false })).toMatchObject({ does: need })
  expect(startFields(started)).not.toHaveProperty('does')
})

test('keys are shown when they were made up here, those that are in use only', () => {
  const keys = { path: join(started.data, 'keys.json'), operatorKey: 'weir_operator' }
  const lines = stripVTControlCharacters(banner({ ...started, keys })).split('\n')
  expect(lines).toContain('  keys               data/keys.json')
  expect(lines).toContain('    x-operator-key   weir_operator')
  expect(lines.join()).not.toContain('x-api-key')
  expect(startFields({ ...started, keys })).toMatchObject({ keys: keys.path, operatorKey: 'weir_operator' })
  expect(startFields(started)).not.toHaveProperty('operatorKey')
})
