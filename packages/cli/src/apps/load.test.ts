import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { app } from 'weir'
import { loadApps, placeApps, placeByName } from './load.ts'

const folders: string[] = []

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-load-'))
  folders.push(folder)
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const source = (name: string) => `export const ${name} = { kind: 'app', name: '${name}', routes: [] }`

const names = async (path: string) => (await loadApps(path)).apps.map(({ name }) => name)

test.each([
  ['index.ts', {}],
  ['index.js', {}],
  ['app.ts', {}],
  ['app.mjs', {}],
  ['src/app.ts', {}],
  ['server.ts', { main: './server.ts' }],
  ['server.ts', { main: './other.ts', exports: './server.ts' }],
  ['server.ts', { exports: { '.': { types: './no.d.ts', require: './no.cjs', import: './server.ts' } } }],
  ['server.ts', { exports: { import: { browser: './no.js', default: './server.ts' } } }],
  ['app.ts', { main: 'index.js' }],
])('a folder is served by its %s when its package.json says %j', async (file, manifest) => {
  const packageJson = JSON.stringify({ type: 'module', ...manifest })
  const folder = folderOf({ [file]: source('shop'), 'package.json': packageJson })
  expect(await names(folder)).toEqual(['shop'])
})

test('index goes before app, TypeScript before JavaScript', async () => {
  expect(await names(folderOf({ 'index.js': source('b'), 'index.ts': source('a'), 'app.ts': source('c') }))).toEqual([
    'a',
  ])
})

test('a file is served by itself', async () => {
  const folder = folderOf({ 'other.ts': source('other'), 'index.ts': source('index') })
  expect(await names(join(folder, 'other.ts'))).toEqual(['other'])
})

test('an application that is exported as default and by name is one; what is no application is passed over', async () => {
  const more = '\nexport default shop\nexport const n = null\nexport const f = () => 1\nexport const kind = "app"'
  expect(await names(folderOf({ 'index.ts': source('shop') + more }))).toEqual(['shop'])
})

test('one application has its routes at the root, several have them under their names', async () => {
  const shop = app('shop', { routes: {} })
  const stock = app('stock', { routes: {} })
  expect(placeApps([shop]).map(({ base }) => base)).toEqual([''])
  expect(placeApps([shop, stock]).map(({ base }) => base)).toEqual(['/shop', '/stock'])
  expect(placeByName([shop]).map(({ base }) => base)).toEqual(['/shop'])
  expect(() => placeApps([shop, app('shop', { routes: {} })])).toThrow("Two applications are named 'shop'")
})

test.each([
  ['nothing to be found', { 'readme.txt': '' }, 'no index.ts, app.ts'],
  ['a main that is not built', { 'package.json': '{"main":"dist/x.js"}' }, 'names dist/x.js, which is not there'],
  ['a broken package.json', { 'package.json': '{' }, /package\.json cannot be read/],
  ['no export', { 'index.ts': 'const a = 1' }, 'exports no application. It exports nothing.'],
  ['another export', { 'index.ts': 'export const a = 1, b = 2' }, 'It exports a, b.'],
  ['a default that is something else', { 'index.ts': 'export default 5' }, 'It exports a default that is none.'],
  ['a manifest that names no code', { 'package.json': '{"main":"package.json"}' }, 'json is not a TypeScript or'],
  ['a thrown text', { 'index.ts': "throw 'no'" }, 'threw no while it was loaded'],
])('%s is told in words', async (_, files, message) => {
  await expect(loadApps(folderOf(files))).rejects.toThrow(message)
})

test('what the code itself throws comes as it is', async () => {
  const folder = folderOf({ 'index.ts': "throw new RangeError('too much')" })
  await expect(loadApps(folder)).rejects.toThrow(RangeError)
})

test('a file without code is named', async () => {
  const folder = folderOf({ 'tsconfig.json': '{}' })
  await expect(loadApps(join(folder, 'tsconfig.json'))).rejects.toThrow(
    /tsconfig\.json is not a TypeScript or JavaScript/,
  )
})

test('a path that does not exist is named', async () => {
  await expect(loadApps('no/such/place')).rejects.toThrow('no/such/place does not exist')
})
