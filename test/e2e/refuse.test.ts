import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { post } from './http.ts'
import { load } from './load.ts'
import { command, root, startBoxOffice, weir } from './weir.ts'

const boxOffice = join(root, 'examples/box-office')
const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 1 }

/** Starts what cannot be started, and gives what it said. */
async function refused(args: readonly string[], cwd: string, env: Record<string, string> = {}, uid?: number) {
  const program = weir(args, { cwd, env, ...(uid === undefined ? {} : { uid }) })
  const { code } = await program.ended
  expect(program.stdout).toBe('')
  expect(program.stderr).not.toMatch(/\n\s+at /)
  return { code, message: program.stderr }
}

const startOn = (data: string) => ['start', boxOffice, '--port', '0', '--data', data]

test.each([
  [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)\nRun weir --help/],
  [['start', '--prot', '1'], /unknown option '--prot'[\s\S]*--port[\s\S]*Run weir start --help/],
  [['start', 'a', 'b'], /too many arguments/],
  [['start', '--port'], /--port <number>' argument missing/],
  [['start', '--port', 'http'], /--port is 'http', but a port is a number/],
  [['dev', '--port', '70000'], /--port is '70000'/],
])('weir %j is wrong usage', async (args, message) => {
  const { code, message: said } = await refused(args, temporaryFolder())
  expect(said).toMatch(message)
  expect(code).toBe(2)
})

test.each([
  [{ PORT: 'http' }, /PORT is 'http'/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL is 'loud'/],
])('the environment %j is wrong usage', async (env, message) => {
  const { code, message: said } = await refused(['start', boxOffice], temporaryFolder(), env)
  expect(said).toMatch(message)
  expect(code).toBe(2)
})

test.each([['start'], ['dev'], ['check']])('weir %s without an application says how to name one', async (command) => {
  const { code, message } = await refused([command], temporaryFolder())
  expect(message).toMatch(/no application in the current folder.*index\.ts.*Name the file/)
  expect(message).toContain(`\`weir ${command} src/main.ts\``)
  expect(code).toBe(1)
})

test('help and version are asked for, so they are no failure', async () => {
  const cwd = temporaryFolder()
  for (const [args, text] of [
    [['--help'], /Usage: weir[\s\S]*start[\s\S]*dev[\s\S]*Examples:/],
    [
      ['start', '--help'],
      /Usage: weir start[\s\S]*--port[\s\S]*--data[\s\S]*trace, debug, info, warn, error, fatal, silent[\s\S]*Examples:[\s\S]*weir start/,
    ],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ] as const) {
    const program = weir(args, { cwd })
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(program.stdout).toMatch(text)
  }
})

test('a Node that is too old is told from a broken installation', async () => {
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.1.0'})"
  const { code, message } = await refused(['start'], temporaryFolder(), { NODE_OPTIONS: `--import="${old}"` })
  expect(message).toMatch(/weir needs Node 24 or newer, but this is Node 22\.1\.0/)
  expect(code).toBe(1)
})

test('an address that two routes would have is named', async () => {
  const folder = temporaryFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const text = `import { Concerts } from '${boxOffice}/read-models.ts'
    import { app } from 'weir'
    export default app('shop', { routes: { 'GET /health': Concerts.list }, projections: [Concerts] })`
  writeFileSync(join(folder, 'app.mts'), text)
  const { code, message } = await refused(['start', '--port', '0'], folder)
  expect(message).toMatch(/'GET \/health' would be served twice/)
  expect(code).toBe(1)
})

test('a second process on the same data is refused, and the first serves on', async () => {
  const data = temporaryFolder()
  const { program, url } = await startBoxOffice(data)
  const { code, message } = await refused(startOn(data), data)
  expect(message).toMatch(/box-office\.db is in use by another process/)
  expect(message).toContain(`pid ${program.child.pid}`)
  expect(message).toContain('--data')
  expect(code).toBe(1)
  expect(await post(`${url}/concerts`, concert)).toMatchObject({ status: 201 })
})

test('a port in use is named, with how to take another', async () => {
  const data = temporaryFolder()
  const { url } = await startBoxOffice(data)
  const { port } = new URL(url)
  const { code, message } = await refused(['start', boxOffice, '--port', port, '--data', join(data, 'other')], data)
  expect(message).toMatch(new RegExp(`Port ${port} is in use.*: --port ${Number(port) + 1}`))
  expect(code).toBe(1)
  const throughNpm = weir(['start', boxOffice, '--port', port, '--data', join(data, 'other')], {
    cwd: data,
    env: { npm_lifecycle_event: 'start' },
  })
  expect(await throughNpm.ended).toMatchObject({ code: 1 })
  expect(throughNpm.stderr).toContain(`npm start -- --port ${Number(port) + 1}`)
})

test('an address that this machine does not have is named', async () => {
  const data = temporaryFolder()
  const { code, message } = await refused([...startOn(data), '--host', '192.0.2.1'], data)
  expect(message).toMatch(/no address '192\.0\.2\.1'.*--host/)
  expect(code).toBe(1)
})

test('a data directory that is a file is named', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), 'mine')
  for (const data of ['file', 'file/below']) {
    const { code, message } = await refused(startOn(data), folder)
    expect(message).toMatch(new RegExp(`The data directory ${data} cannot be used: .* is a file.*--data`))
    expect(code).toBe(1)
  }
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine')
})

/** Root may write everywhere, so that another user has to try, who may read the sources in most places. */
const other = process.getuid?.() === 0 ? 65_534 : undefined
const canTry =
  other === undefined || spawnSync(process.execPath, ['--check', command], { uid: other, gid: other }).status === 0

test.skipIf(!canTry)('a data directory without the right to write is named', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  chmodSync(join(folder, 'data'), 0o555)
  for (const data of ['data', 'data/below']) {
    const { code, message } = await refused(startOn(join(folder, data)), folder, {}, other)
    expect(message).toMatch(/The data directory .* cannot be used: permission denied.*--data/)
    expect(code).toBe(1)
  }
})

/** A store with some events, closed. */
async function filledStore(data: string): Promise<string> {
  const { program, url } = await startBoxOffice(data)
  let left = 2000
  await load(url, 64, () => (left-- > 0 ? { path: '/concerts', body: concert, key: undefined } : undefined))
  await program.end()
  return join(data, 'box-office.db')
}

test.each<[string, RegExp, (file: string) => void]>([
  ['of another program', /is a database of another program/, (file) => foreign(file)],
  ['of a newer version', /newer version of Weir/, (file) => change(file, 'PRAGMA user_version = 99')],
  ['with a damaged page', /is damaged.*backup/, (file) => overwrite(file, 8 * 4096 + 3)],
  ['that is cut off', /is damaged.*backup/, (file) => truncateSync(file, 5 * 4096)],
  ['that is no database', /is not a database/, (file) => writeFileSync(file, 'This is a text. '.repeat(1000))],
])('a database %s is refused in words and stays as it is', async (_, reason, breakIt) => {
  const data = temporaryFolder()
  const file = await filledStore(data)
  breakIt(file)
  const before = readFileSync(file)
  const { code, message } = await refused(startOn(data), data)
  expect(message).toMatch(reason)
  expect(message).toContain('box-office.db')
  expect(code).toBe(1)
  expect(readFileSync(file).equals(before)).toBe(true)
  // What SQLite leaves where it only reads is an empty log.
  expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
})

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

function foreign(file: string): void {
  const foreigner = `${file}.other`
  change(foreigner, 'CREATE TABLE mine (x); INSERT INTO mine VALUES (1)')
  renameSync(foreigner, file)
}

function overwrite(file: string, start: number): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc(4000, 0xa5), 0, 4000, start)
  closeSync(descriptor)
}

test('of several applications, one that cannot be opened lets none start', async () => {
  const data = temporaryFolder()
  writeFileSync(join(data, 'stock.db'), 'This is a text. '.repeat(1000))
  const app = (name: string) =>
    `export const ${name} = { kind: 'app', name: '${name}', title: '', routes: [], aggregates: [], projections: [], policies: [], services: [] }\n`
  writeFileSync(join(data, 'apps.mjs'), app('shop') + app('stock'))
  const { code, message } = await refused(['start', 'apps.mjs', '--port', '0', '--data', '.'], data)
  expect(message).toMatch(/stock\.db/)
  expect(code).toBe(1)
  writeFileSync(join(data, 'apps.mjs'), app('shop'))
  const second = weir(['start', 'apps.mjs', '--port', '0', '--data', '.'], { cwd: data })
  await second.until(({ stdout }) => (stdout.includes('listening') ? true : undefined))
})
