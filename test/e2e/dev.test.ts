import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, post } from './http.ts'
import { listening, type Program, root, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 1 }

const appText = `
import { app } from 'weir'
import { Concert } from '${root}/examples/box-office/concert.ts'
import { Concerts } from '${root}/examples/box-office/read-models.ts'
import { title } from './title.ts'

const routes = { 'POST /concerts': Concert.commands.schedule, 'GET /concerts': Concerts.list }
export default app('box-office', { title, routes, projections: [Concerts] })
`

/** An application that is being written. */
function writeApp() {
  const folder = temporaryFolder()
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  write('package.json', '{ "type": "module" }')
  write('app.ts', appText)
  write('title.ts', "export const title: string = 'One'")
  return { folder, write, dev: () => listening(weir(['dev', '--port', '0'], { cwd: folder })) }
}

const titleOf = async (url: string) => (await get(`${url}/openapi.json`)).body.info.title

const says = (program: Program, text: string) =>
  program.until(({ stdout, stderr }) => (`${stdout}${stderr}`.includes(text) ? true : undefined))

/** Waits for one more occurrence of a text in what the program says than there is now, when `change` has been made. */
async function after(program: Program, text: string, change: () => void): Promise<void> {
  const count = () => (program.stdout + program.stderr).split(text).length
  const before = count()
  change()
  await program.until(() => (count() > before ? true : undefined))
}

const isGone = (url: string) => vi.waitFor(() => expect(get(`${url}/health`)).rejects.toThrow(), { timeout: 10_000 })

test('a change is served at once, at the same address, with the same data', async () => {
  const { write, dev } = writeApp()
  const { program, url } = await dev()
  expect(await titleOf(url)).toBe('One')
  const { headers } = await post(`${url}/concerts`, concert)
  await after(program, 'restarted in', () => write('title.ts', "export const title: string = 'Two'"))
  expect(program.stdout).toContain('title.ts changed')
  expect(await titleOf(url)).toBe('Two')
  const token = { 'consistency-token': String(headers['consistency-token']) }
  expect(await get(`${url}/concerts`, token)).toMatchObject({ status: 200, body: [concert] })
  expect(await program.end('SIGTERM')).toEqual({ code: 0, signal: null })
  await isGone(url)
})

test('code that cannot be loaded is told, and takes nothing away', async () => {
  const { write, dev } = writeApp()
  const { program, url } = await dev()
  await after(program, 'the version before still serves', () => write('title.ts', 'export const title = '))
  await says(program, 'Error: title.ts:1: ')
  expect(await titleOf(url)).toBe('One')
  const missing = "import './later.ts'\nexport const title: string = 'Two'"
  await after(program, 'the version before still serves', () => write('title.ts', missing))
  await says(program, "Cannot find module 'later.ts'")
  await after(program, 'restarted in', () => write('later.ts', ''))
  expect(await titleOf(url)).toBe('Two')
})

test('an application that ends by itself is started again by the next change', async () => {
  const { write, dev } = writeApp()
  const { program, url } = await dev()
  const faulty = "setTimeout(() => { throw new Error('forgotten') }, 300)\nexport const title: string = 'Two'"
  await after(program, 'the application ended with exit code 1', () => write('title.ts', faulty))
  expect(program.stdout).toContain('forgotten')
  await isGone(url)
  await after(program, 'restarted in', () => write('title.ts', "export const title: string = 'Three'"))
  expect(await titleOf(url)).toBe('Three')
})

test('an application that is faulty from the start is served when it is right', async () => {
  const { folder, write } = writeApp()
  write('title.ts', 'export const title = ')
  const program = weir(['dev', '--port', '0'], { cwd: folder })
  await says(program, 'waiting for a change')
  await after(program, 'restarted in', () => write('title.ts', "export const title: string = 'One'"))
  const { url } = await listening(program)
  expect(await titleOf(url)).toBe('One')
})

test('when it is killed, what it started goes too', async () => {
  const { program, url } = await writeApp().dev()
  program.child.kill('SIGKILL')
  await isGone(url)
})
