import { describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import type { CorsOptions } from './cors.ts'

const appWith = (cors?: CorsOptions) =>
  createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(boxOffice).runtime }], ...(cors && { cors }) })
const origin = { origin: 'https://tickets.example' }

describe('a page of any origin', () => {
  const http = appWith()

  test('may read answers, with the headers that matter', async () => {
    const answer = await http.request('/concerts', { headers: origin })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const exposed = answer.headers.get('access-control-expose-headers')?.split(', ')
    expect(exposed).toEqual(expect.arrayContaining(['consistency-token', 'etag', 'link', 'location', 'x-request-id']))
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  })

  test('may read those that a cache took from a request without origin', async () => {
    expect((await http.request('/concerts')).headers.get('access-control-allow-origin')).toBe('*')
  })

  test('may read why it was refused', async () => {
    for (const [method, path] of [
      ['POST', '/nowhere'],
      ['PATCH', '/concerts'],
      ['POST', '/tickets'],
    ] as const) {
      const answer = await http.request(path, { method, headers: origin })
      expect(answer.status).toBeGreaterThan(399)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  test('is told what it may send', async () => {
    const answer = await http.request('/concerts/c-1', {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-match' },
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, PUT, DELETE, OPTIONS')
    expect(answer.headers.get('access-control-allow-headers')).toContain('if-match, ')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('when only some origins are allowed', () => {
  const http = appWith({ origins: ['https://tickets.example'] })

  test('their pages may read answers, others not', async () => {
    const ours = await http.request('/concerts', { headers: origin })
    expect(ours.headers.get('access-control-allow-origin')).toBe('https://tickets.example')
    expect(ours.headers.get('vary')).toBe('Origin')
    const theirs = await http.request('/concerts', { headers: { origin: 'https://evil.example' } })
    expect(theirs.headers.has('access-control-allow-origin')).toBe(false)
    expect(theirs.headers.get('vary')).toBe('Origin')
  })

  test('caches are told what else an answer depends on', async () => {
    expect((await http.request('/docs/favicon.png')).headers.get('vary')).toBe('Accept-Encoding, Origin')
  })
})

test('OPTIONS names the methods of an address, and there is no address for everything', async () => {
  const http = appWith()
  const answer = await http.request('/concerts', { method: 'OPTIONS' })
  expect(answer.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
  expect(answer.headers.has('access-control-allow-methods')).toBe(false)
  expect((await http.request('/nowhere', { method: 'OPTIONS' })).status).toBe(404)
})
