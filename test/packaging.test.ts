import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtPages } from '../examples/pages.ts'
import { get, post } from './e2e/http.ts'
import { listening, Program, root } from './e2e/weir.ts'

const installed = [
  'core',
  'engine-sqlite',
  'engine-postgres',
  'engine-dynamodb',
  'http',
  'console',
  'cli',
  'conformance',
]
/** Who deploys to AWS installs one more, with all that it brings. */
const published = [...installed, 'aws']

/** Where packages have more than one entrance, or are pages. */
const entrances: Readonly<Record<string, readonly string[]>> = {
  '@weir/console': ['dist/index.html'],
  '@weir/aws': ['cdk', 'lambda', 'local'].flatMap((name) => [`dist/${name}/index.js`, `dist/${name}/index.d.ts`]),
}

const appText = `
import { aggregate, app, type App, projection, reject } from 'weir'
import * as z from 'zod'

const Counter = aggregate('counter', {
  events: { Increased: z.object({ by: z.int() }) },
  initialState: { total: 0 },
})
  .evolve({ Increased: (state, { by }) => ({ total: state.total + by }) })
  .commands({
    increase: {
      input: z.object({ by: z.int().positive() }),
      decide: (state, { by }) =>
        state.total + by > 10 ? reject('too-much', 'Too much') : { type: 'Increased', data: { by } },
    },
  })

const Totals = projection('totals', { schema: z.object({ id: z.string(), total: z.int() }) })
  .upsert(Counter, {
    Increased: (before, { aggregateId, data }) => ({ id: aggregateId, total: (before?.total ?? 0) + data.by }),
  })

// @ts-expect-error: there is no such event
Totals.upsert(Counter, { Decreased: () => ({ id: '', total: 0 }) })

export const counters: App = app('counters', {
  routes: { 'POST /counters/:id': Counter.commands.increase, 'GET /counters/:id': Totals.get },
  projections: [Totals],
})
`

const tsconfig = {
  compilerOptions: { strict: true, module: 'nodenext', target: 'es2024', noEmit: true, types: [], skipLibCheck: false },
  include: ['app.ts'],
}

interface Packed {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

let folder: string
let packed: Packed[]

/** Of npm's own variables only those that say where packages come from; the same Node as here comes first. */
function environment(): Record<string, string> {
  const kept = /^npm_config_(registry|cache|userconfig)$/i
  const entries = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS)/i.test(name) || kept.test(name))
  return { ...Object.fromEntries(entries), PATH: `${dirname(process.execPath)}:${process.env.PATH}` } as Record<
    string,
    string
  >
}

function nameOf(folderOfPackage: string): string {
  return JSON.parse(readFileSync(join(root, 'packages', folderOfPackage, 'package.json'), 'utf8')).name
}

async function execute(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { cwd, env: environment(), maxBuffer: 2 ** 26 })
  return stdout
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-packaging-'))
  await builtPages()
  await execute('npm', ['run', 'build:packages'], root)
  const workspaces = published.flatMap((name) => ['--workspace', `packages/${name}`])
  const json = await execute('npm', ['pack', '--json', '--pack-destination', folder, ...workspaces], root)
  packed = Object.values(JSON.parse(json))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'mine', private: true, type: 'module' }))
  writeFileSync(join(folder, 'app.ts'), appText)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const meant = installed.map(nameOf)
  const tarballs = packed.filter(({ name }) => meant.includes(name)).map(({ filename }) => `./${filename}`)
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=peer']
  await execute('npm', ['install', ...options, ...tarballs, 'zod@4'], folder)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every package that is meant to be published is packed', () => {
  expect(packed.map(({ name }) => name).sort()).toEqual(published.map(nameOf).sort())
})

test('a package holds what is built, its README and its licence, and neither sources nor tests', () => {
  for (const { name, files } of packed) {
    const paths = files.map(({ path }) => path)
    const built = entrances[name] ?? ['dist/index.js', 'dist/index.d.ts']
    expect(paths, name).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', ...built]))
    const foreign = paths.filter((path) => !/^(dist\/|bin\/|README\.md$|LICENSE$|package\.json$)/.test(path))
    expect(foreign, name).toEqual([])
    expect(
      paths.filter((path) => /\.test\.|\.test-d\.|\.tsbuildinfo$|(?<!\.d)\.ts$/.test(path)),
      name,
    ).toEqual([])
  }
})

test("an application of a user's own passes the type check against the published types", async () => {
  await execute(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], folder)
})

test('npx weir start serves it, and keeps what is written', async () => {
  const start = () => new Program('npx', ['weir', 'start', '--port', '0'], { cwd: folder, env: environment() })
  const first = await listening(start())
  expect(await post(`${first.url}/counters/a`, { by: 7 })).toMatchObject({ status: 200 })
  const answer = await post(`${first.url}/counters/a`, { by: 2 })
  const token = { 'consistency-token': String(answer.headers['consistency-token']) }
  expect(await get(`${first.url}/counters/a`, token)).toMatchObject({ status: 200, body: { id: 'a', total: 9 } })
  expect(await post(`${first.url}/counters/a`, { by: 2 })).toMatchObject({ status: 409 })
  await first.program.end()
  expect(first.program.stderr.replace(/^npm warn.*\n/gm, '')).toBe('')
  const second = await listening(start())
  expect(await post(`${second.url}/counters/a`, { by: 1 })).toMatchObject({ status: 200, body: { version: 3 } })
})

test('its documentation is served from what is published: nothing that reports home is installed', async () => {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  const present = Object.keys(lock.packages)
  expect(present).toContain('node_modules/@weir/http')
  expect(present.filter((path) => /scarf|swagger|graphiql|react/.test(path))).toEqual([])
  const { url } = await listening(
    new Program('npx', ['weir', 'start', '--port', '0'], { cwd: folder, env: environment() }),
  )
  const inBrowser = { accept: 'text/html' }
  const filesOf = async (path: string) => {
    const page = await get(url + path, inBrowser)
    return Array.from(String(page.body).matchAll(/(?:src|href)="((?:docs|graphql)\b[^"]*)"/g), ([, file]) => file)
  }
  const files = [...(await filesOf('/docs')), ...(await filesOf('/graphql'))]
  expect(files).toEqual(expect.arrayContaining(['docs/swagger-ui-bundle.js', 'graphql/graphiql.min.js']))
  for (const file of files) expect(await get(`${url}/${file}`, inBrowser), file).toMatchObject({ status: 200 })
  const http = packed.find(({ name }) => name === '@weir/http')
  const paths = http?.files.map(({ path }) => path)
  const ofSwagger = ['LICENSE', 'NOTICE', 'swagger-ui-bundle.js.LICENSE.txt'].map((name) => `dist/swagger-ui/${name}`)
  const ofGraphiql = ['graphiql', 'react', 'react-dom'].map((name) => `dist/graphiql-files/LICENSE-${name}`)
  expect(paths).toEqual(expect.arrayContaining([...ofSwagger, ...ofGraphiql]))
})

test('the console is served from what is published', async () => {
  const { url } = await listening(
    new Program('npx', ['weir', 'start', '--port', '0'], { cwd: folder, env: environment() }),
  )
  const page = await get(`${url}/console/`)
  const files = Array.from(String(page.body).matchAll(/(?:src|href)="\.\/([^"]+)"/g), ([, file]) => file)
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) expect(await get(`${url}/console/${file}`), file).toMatchObject({ status: 200 })
})

test('weir --help and --version answer', async () => {
  expect(await execute('npx', ['weir', '--help'], folder)).toMatch(/Usage: weir[\s\S]*start[\s\S]*dev/)
  expect(await execute('npx', ['weir', '--version'], folder)).toMatch(/^\d+\.\d+\.\d+$/m)
})
