import { afterEach, expect, test, vi } from 'vitest'
import { OpsClient, path, withQuery } from './client.ts'

afterEach(() => vi.unstubAllGlobals())

const answering = (answer: () => Response | Promise<Response>) => {
  const fetch = vi.fn((_address: string, _init: RequestInit) => Promise.resolve().then(answer))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

const problem = (status: number, code: string) => Response.json({ code, title: 'No', detail: 'Not so' }, { status })

test('the key goes with each request, and names are encoded', async () => {
  const fetch = answering(() => Response.json([]))
  await new OpsClient('/ops', 'the-key').get(withQuery(path('coffee', 'streams', 'a/b'), { after: 0, prefix: '' }))
  const [address, { headers }] = fetch.mock.calls[0] as [string, RequestInit]
  expect(address).toBe('/ops/coffee/streams/a%2Fb?after=0')
  expect(headers).toMatchObject({ 'x-operator-key': 'the-key' })
})

test('a page leads to the next one, also where the console is served below another path', async () => {
  answering(() => Response.json([1], { headers: { link: '</ops/ops/streams?cursor=x%2Fops%2Fy>; rel="next"' } }))
  const page = await new OpsClient('https://host/tools/ops', 'key').page('/ops/streams')
  expect(page).toEqual({ items: [1], next: '/ops/streams?cursor=x%2Fops%2Fy' })
})

test('a refusal says why', async () => {
  answering(() => problem(409, 'not-possible'))
  await expect(new OpsClient('/ops', 'key').post('/x')).rejects.toMatchObject({
    status: 409,
    code: 'not-possible',
    message: 'No: Not so',
  })
})

test('that a key is not good any more is told; that it is a reader’s is not the same', async () => {
  const refused = vi.fn()
  const client = new OpsClient('/ops', 'key', refused)
  answering(() => problem(403, 'operator-key-needed'))
  await expect(client.post('/x')).rejects.toThrow()
  expect(refused).not.toHaveBeenCalled()
  answering(() => problem(403, 'operator-key-wrong'))
  await expect(client.get('/x')).rejects.toThrow()
  expect(refused).toHaveBeenCalledOnce()
})

test('what is no answer of Weir is a problem, too', async () => {
  answering(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  await expect(new OpsClient('/ops', 'key').get('/x')).rejects.toMatchObject({ status: 502, code: 'unknown' })
  answering(() => Promise.reject(new TypeError('Failed to fetch')))
  await expect(new OpsClient('/ops', 'key').get('/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' })
})
