import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get } from './http.ts'
import { listening, logLine, type Program, root, weir } from './weir.ts'

const guardedApp = `
import { apiKey, app } from 'weir'
import { Concerts } from '${root}/examples/box-office/read-models.ts'
export default app('shop', { guard: apiKey(), routes: { 'GET /concerts': Concerts.list }, projections: [Concerts] })
`

/** A folder with an application whose routes need a key. */
function guardedFolder(): string {
  const folder = temporaryFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'app.ts'), guardedApp)
  return folder
}

const start = (cwd: string, env: Record<string, string> = {}) => weir(['start', '--port', '0'], { cwd, env })

/** The keys that were made, from where the log says that they are. */
function madeKeys(program: Program): { apiKey: string; operatorKey: string } {
  return JSON.parse(readFileSync(String(logLine(program, 'listening')?.keys), 'utf8'))
}

test('a local start makes the keys that are needed, shows them, and keeps them over restarts', async () => {
  const cwd = guardedFolder()
  const first = await listening(start(cwd))
  const { apiKey, operatorKey } = madeKeys(first.program)
  expect(logLine(first.program, 'listening')).toMatchObject({ apiKey, operatorKey })
  expect(await get(`${first.url}/concerts`)).toMatchObject({ status: 401 })
  expect(await get(`${first.url}/concerts`, { 'x-api-key': apiKey })).toMatchObject({ status: 200 })
  expect(await get(`${first.url}/ops`, { 'x-operator-key': operatorKey })).toMatchObject({ status: 200 })
  await first.program.end()
  const second = await listening(start(cwd))
  expect(logLine(second.program, 'listening')).toMatchObject({ apiKey, operatorKey })
})

test('keys of the environment are never shown, and several are taken at once', async () => {
  const cwd = guardedFolder()
  const env = { API_KEY: 'the-old-key-of-callers,the-new-key-of-callers', WEIR_OPERATOR_KEY: 'the-key-of-operators' }
  const { program, url } = await listening(start(cwd, { ...env, NODE_ENV: 'production' }))
  for (const key of env.API_KEY.split(',')) {
    expect(await get(`${url}/concerts`, { 'x-api-key': key })).toMatchObject({ status: 200 })
  }
  expect(await get(`${url}/ops`, { 'x-operator-key': env.WEIR_OPERATOR_KEY })).toMatchObject({ status: 200 })
  await program.end()
  expect(program.stdout + program.stderr).not.toMatch(/the-(old|new|key)/)
  expect(readdirSync(join(cwd, 'data'))).not.toContain('keys.json')
})

test.each([
  ['none', {}, /WEIR_OPERATOR_KEY.*API_KEY .*shop/],
  [
    'one that can be guessed',
    { API_KEY: 'guessable', WEIR_OPERATOR_KEY: 'the-key-of-operators' },
    /16 characters.*API_KEY/,
  ],
])('with %s, production is refused before anything is opened', async (_, env, message) => {
  const cwd = guardedFolder()
  const program = start(cwd, { ...env, NODE_ENV: 'production' })
  expect(await program.ended).toEqual({ code: 1, signal: null })
  expect(program.stderr).toMatch(message)
  expect(program.stderr).not.toMatch(/\n\s+at |guessable/)
  expect(existsSync(join(cwd, 'data'))).toBe(false)
})

test('an application without guards needs no API key', async () => {
  const cwd = temporaryFolder()
  const env = { NODE_ENV: 'production', WEIR_OPERATOR_KEY: 'the-key-of-operators' }
  const { program, url } = await listening(
    weir(['start', join(root, 'examples/box-office'), '--port', '0'], { cwd, env }),
  )
  expect(await get(`${url}/concerts`)).toMatchObject({ status: 200 })
  expect(logLine(program, 'listening')).toMatchObject({ data: join(cwd, 'data') })
})
