import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edge } from './edge.ts'
import type { Answerer } from './gateway.ts'
import { serveSite } from './site.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-edge-'))
const api: Answerer = async (request, response) => void response.end(`api ${request.url}`)
const spa = `function handler(event) {
  var request = event.request
  if (!request.uri.includes('.')) request.uri = '/index.html'
  return request
}`
const moved = `async function handler(event) {
  return { statusCode: 302, headers: { location: { value: '/console/' } } }
}`
let url = ''

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<h1>pages</h1>')
  writeFileSync(join(folder, 'app.js'), 'go()')
  const site = serveSite({ folders: [folder], index: 'index.html', missing: undefined })
  const answer = edge([
    { pattern: undefined, answer: site, onRequest: spa, headers: { 'x-frame-options': 'DENY' } },
    { pattern: '/coffee/*', answer: api, onRequest: undefined, headers: {} },
    { pattern: '/old', answer: api, onRequest: moved, headers: {} },
  ])
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return () => void server.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = async (path: string) => {
  const answer = await fetch(url + path, { redirect: 'manual' })
  return [answer.status, answer.headers.get('content-type'), await answer.text()]
}

test('paths of the API go to the API, with their query', async () => {
  expect(await get('/coffee/order?date=1')).toEqual([200, null, 'api /coffee/order?date=1'])
})

test('all else are pages, which a function may lead to', async () => {
  expect(await get('/')).toEqual([200, 'text/html; charset=utf-8', '<h1>pages</h1>'])
  expect(await get('/some/view')).toEqual([200, 'text/html; charset=utf-8', '<h1>pages</h1>'])
  expect(await get('/app.js')).toEqual([200, 'text/javascript; charset=utf-8', 'go()'])
  expect(await get('/other.js')).toEqual([404, 'text/plain', 'Not found\n'])
})

test('answers bear the headers of their behavior', async () => {
  const headers = async (path: string) => (await fetch(url + path)).headers.get('x-frame-options')
  expect([await headers('/'), await headers('/coffee/order')]).toEqual(['DENY', null])
})

test('nothing outside of the pages is shown', async () => {
  expect(await get('/..%2f..%2f..%2fetc%2fpasswd.txt')).toEqual([404, 'text/plain', 'Not found\n'])
})

test('a function may answer by itself', async () => {
  const answer = await fetch(`${url}/old`, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/console/'])
})
