import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './folders.ts'
import { get, getAll, post } from './http.ts'
import { listening, Program, root, startBoxOffice, startExamples, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 2, ticketPrice: 12.5 }
const buyer = { customerName: 'Ann', customerEmail: 'ann@example.org' }
const boxOffice = join(root, 'examples/box-office')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('npm start serves every example under its name: write, then read what was written', async () => {
  const data = temporaryFolder()
  const { url } = await startExamples(['--port', '0', '--data', data], { cwd: data })
  const scheduled = await post(`${url}/concerts`, concert)
  expect(scheduled).toMatchObject({ status: 201, body: { id: expect.any(String) } })
  const { id } = scheduled.body
  expect(scheduled.headers).toMatchObject({ location: `/box-office/concerts/${id}` })
  const sold = await post(`${url}/tickets`, { concertId: id, ...buyer })
  expect(sold).toMatchObject({ status: 201, body: { id: expect.any(String) } })
  const token = { 'consistency-token': String(sold.headers['consistency-token']) }
  const read = await get(`${url}/concerts/${id}`, token)
  expect(read).toMatchObject({ status: 200, body: { ...concert, id, availableTickets: 1 } })
  expect(read.headers).toMatchObject({ 'consistency-status': 'reached' })
  const ticket = { id: sold.body.id, concertId: id, ...buyer, purchaseDate: expect.stringMatching(/^2.*Z$/) }
  expect(await get(`${url}/tickets/${sold.body.id}`, token)).toMatchObject({ status: 200, body: ticket })
  expect(await getAll(`${url}/tickets?customerEmail=${buyer.customerEmail}`)).toMatchObject([ticket])
})

test('what is written is there after a restart, in one file an application', async () => {
  const data = temporaryFolder()
  const first = await startExamples(['--port', '0', '--data', data], { cwd: data })
  const { body } = await post(`${first.url}/concerts`, concert)
  expect(await first.program.end()).toEqual({ code: 0, signal: null })
  expect(readdirSync(data).filter((name) => name.endsWith('.db') || name.includes('-wal'))).toContain('box-office.db')
  const second = await startExamples(['--port', '0', '--data', data], { cwd: data })
  expect(await get(`${second.url}/concerts/${body.id}`)).toMatchObject({ status: 200, body: concert })
})

test('documents, health and an index are there', async () => {
  const data = temporaryFolder()
  const { url } = await startExamples(['--port', '0', '--data', data], { cwd: data })
  const server = new URL('/', url).href
  expect(await get(`${url}/openapi.json`)).toMatchObject({
    status: 200,
    body: { openapi: expect.stringMatching(/^3\.1/) },
  })
  expect(await get(`${url}/docs`)).toMatchObject({ status: 200, body: expect.stringContaining('<html') })
  expect(await get(`${server}health`)).toMatchObject({ status: 200 })
  expect((await get(server)).body.apps).toContainEqual(expect.objectContaining({ name: 'box-office' }))
})

test('--port and --data go before PORT and WEIR_DATA, these before .env, .env before the defaults', async () => {
  const cwd = temporaryFolder()
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  writeFileSync(join(cwd, '.env'), `PORT=${ports[0]}\nWEIR_DATA=from-file\n`)
  const portOf = async (program: Program) => {
    const { url } = await listening(program)
    expect(await get(`${url}/health`)).toMatchObject({ status: 200 })
    await program.end()
    return Number(new URL(url).port)
  }
  expect(await portOf(weir(['start', boxOffice], { cwd }))).toBe(ports[0])
  expect(existsSync(join(cwd, 'from-file/box-office.db'))).toBe(true)
  const env = { PORT: String(ports[1]), WEIR_DATA: 'from-environment' }
  expect(await portOf(weir(['start', boxOffice], { cwd, env }))).toBe(ports[1])
  expect(existsSync(join(cwd, 'from-environment/box-office.db'))).toBe(true)
  const flags = ['--port', String(ports[2]), '--data', 'from-option']
  expect(await portOf(weir(['start', boxOffice, ...flags], { cwd, env }))).toBe(ports[2])
  expect(existsSync(join(cwd, 'from-option/box-office.db'))).toBe(true)
})

test('without an option only this machine is listened to, and data is kept in ./data', async () => {
  const cwd = temporaryFolder()
  const server = await listening(weir(['start', boxOffice, '--port', '0'], { cwd }))
  expect(server.url).toMatch(/^http:\/\/localhost:\d+$/)
  expect(existsSync(join(cwd, 'data/box-office.db'))).toBe(true)
  expect(server.program.stderr).toBe('')
})

test('an error that nobody caught is logged and ends the process with 1', async () => {
  const cwd = temporaryFolder()
  const faulty = `export default { kind: 'app', name: 'shop', title: 'Shop', routes: [], aggregates: [], projections: [], policies: [], services: [] }
    process.once('SIGUSR2', () => { Promise.reject(new Error('forgotten')) })`
  writeFileSync(join(cwd, 'app.mjs'), faulty)
  const { program } = await listening(weir(['start', 'app.mjs', '--port', '0'], { cwd }))
  program.child.kill('SIGUSR2')
  expect(await program.ended).toEqual({ code: 1, signal: null })
  expect(program.stdout).toContain('forgotten')
})

test('when nobody reads its output any more, it serves on and stops as ever', async () => {
  const data = temporaryFolder()
  const { program, url } = await startBoxOffice(data)
  program.child.stdout?.destroy()
  expect(await post(`${url}/tickets`, {})).toMatchObject({ status: 400 })
  expect(await get(`${url}/concerts`)).toMatchObject({ status: 200 })
  expect(await program.end()).toEqual({ code: 0, signal: null })
})

test('npm start passes options on, and stops in good order when npm is told to', async () => {
  const data = temporaryFolder()
  const args = ['start', '--silent', '--', '--port', '0', '--data', data]
  const { program, url } = await listening(new Program('npm', args, { cwd: root }))
  expect(await get(`${url}/box-office/concerts`)).toMatchObject({ status: 200, body: [] })
  expect(await program.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(program.stdout).toContain('"stopped"')
})

test('npx weir start stops in good order when npx is told to', async () => {
  const data = temporaryFolder()
  const args = ['weir', 'start', boxOffice, '--port', '0', '--data', data]
  const { program } = await listening(new Program('npx', args, { cwd: root }))
  await program.end('SIGTERM') // its output is open until the server, which npx does not tell, is gone too
  expect(program.stdout).toContain('npm is gone')
  expect(program.stdout).toContain('"stopped"')
})
