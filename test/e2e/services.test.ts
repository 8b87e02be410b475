import { readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { listening, logLine, root, weir } from './weir.ts'

const appText = `
import { aggregate, app, policy, projection, provide, service } from 'weir'
import * as z from 'zod'

const Letterbox = service<{ deliver(text: string): string | Promise<string> }>('letterbox')
const Letter = aggregate('letter', {
  events: { Written: z.object({ text: z.string() }), Delivered: z.object({ receipt: z.string() }) },
  initialState: undefined,
})
  .evolve({ Written: () => undefined, Delivered: () => undefined })
  .commands({
    write: { input: z.object({ text: z.string() }), decide: (_, data) => ({ type: 'Written', data }) },
    deliver: { input: z.object({ receipt: z.string() }), decide: (_, data) => ({ type: 'Delivered', data }) },
  })
const Receipts = projection('receipts', { schema: z.object({ id: z.string(), receipt: z.string() }) })
  .create(Letter, { Delivered: ({ aggregateId: id, data }) => ({ id, receipt: data.receipt }) })
const postman = policy('postman', { services: { letterbox: Letterbox } }).on(Letter, {
  Written: async ({ aggregateId, data }, { letterbox }) =>
    Letter.commands.deliver(aggregateId, { receipt: await letterbox.deliver(data.text) }),
})
export const post = app('post', {
  routes: { 'POST /letters': Letter.commands.write, 'GET /receipts/:id': Receipts.get },
  projections: [Receipts],
  policies: [postman],
})
const letterboxAt = (place: string) => provide(Letterbox, { deliver: (text) => text + ' at ' + place })
`

function folderWith(services: string): string {
  const folder = temporaryFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'app.ts'), appText + services)
  return folder
}

const start = (cwd: string) => weir(['start', '--port', '0'], { cwd, env: { TOWN: 'Ulm' } })

test.each([
  ['a list', "export const services = [letterboxAt('home')]", 'home'],
  ['what makes one', 'export const services = async ({ environment }) => [letterboxAt(environment.TOWN)]', 'Ulm'],
  [
    'what knows the data folder',
    'export const services = ({ data }) => [letterboxAt(data)]',
    expect.stringMatching(/^\/.*data$/),
  ],
])('services that a module exports are given to its policies: %s', async (_, services, place) => {
  const { url } = await listening(start(folderWith(services)))
  const { body } = await post(`${url}/letters`, { text: 'Hello' })
  const receipt = await vi.waitFor(async () => {
    const read = await get(`${url}/receipts/${body.id}`)
    expect(read.status).toBe(200)
    return read.body.receipt
  })
  expect(receipt.replace('Hello at ', '')).toEqual(place)
})

test.each([
  ['nobody provides', '', /letterbox/],
  ['something else stands for', 'export const services = { letterbox: 1 }', /`services` .*provide\(/],
])('a service that %s keeps the server from starting, in words', async (_, services, message) => {
  const program = start(folderWith(services))
  expect(await program.ended).toEqual({ code: 1, signal: null })
  expect(program.stderr).toMatch(message)
  expect(program.stderr).not.toMatch(/\n\s+at /)
})

test('a service that never answers does not keep the server from stopping in good order', async () => {
  const silent = "deliver: () => new Promise(() => console.log('delivering'))"
  const folder = folderWith(`export const services = [provide(Letterbox, { ${silent} })]`)
  const { program, url } = await listening(start(folder))
  await post(`${url}/letters`, { text: 'Hello' })
  await program.until(({ stdout }) => (stdout.includes('delivering') ? true : undefined))
  expect(await program.end()).toEqual({ code: 0, signal: null })
  expect(logLine(program, 'stopped')).toBeDefined()
  expect(readdirSync(join(folder, 'data')).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([])
})
