import { expect, onTestFinished, test, vi } from 'vitest'
import { startPostgres } from '../postgres/index.ts'
import { temporaryFolder } from './folders.ts'
import { get, post, ready } from './http.ts'
import { serveBoxOffice, workOnBoxOffice } from './postgres.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }

test('while PostgreSQL is away, callers are told to come again; server and worker go on by themselves', async () => {
  const postgres = await startPostgres()
  onTestFinished(postgres.remove)
  const cwd = temporaryFolder()
  const { url, program } = await serveBoxOffice(postgres.url, cwd, ['--no-workers'])
  const worker = await workOnBoxOffice(postgres.url, cwd)
  expect(await post(`${url}/concerts`, concert)).toMatchObject({ status: 201 })

  await postgres.stop()
  const refused = await post(`${url}/concerts`, concert)
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } })
  expect(JSON.stringify(refused.body)).not.toContain(new URL(postgres.url).host)
  expect(await get(`${url}/concerts`)).toMatchObject({ status: 503, headers: { 'retry-after': expect.anything() } })
  await vi.waitFor(async () => expect(await get(`${url}/ready`)).toMatchObject({ status: 503 }), 10_000)
  expect(await get(`${url}/health`)).toMatchObject({ status: 200 })

  await postgres.start()
  await ready(url)
  const scheduled = await post(`${url}/concerts`, { ...concert, name: 'Opera' })
  expect(scheduled).toMatchObject({ status: 201 })
  const token = { 'consistency-token': String(scheduled.headers['consistency-token']), prefer: 'wait=20' }
  const read = await get(`${url}/concerts/${scheduled.body.id}`, token)
  expect(read).toMatchObject({ status: 200, headers: { 'consistency-status': 'reached' } })
  const { password } = new URL(postgres.url)
  for (const each of [program, worker.program]) {
    expect(await each.end()).toEqual({ code: 0, signal: null })
    expect(each.stdout + each.stderr).not.toContain(password)
  }
}, 60_000)
