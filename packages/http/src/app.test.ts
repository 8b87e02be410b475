import { describe, expect, test } from 'vitest'
import { app } from 'weir'
import { boxOffice, Concert, Concerts } from '../test/box-office.ts'
import { fakeRuntime } from '../test/fake-runtime.ts'
import { createHttpApp } from './app.ts'

const helpDesk = app('help-desk', { title: 'Help desk', routes: { 'POST /concerts': Concert.commands.schedule } })
const { runtime } = fakeRuntime(boxOffice)

describe('several applications on one server', () => {
  const http = createHttpApp({
    mounts: [
      { base: '/box-office', runtime },
      { base: '/help-desk', runtime: fakeRuntime(helpDesk).runtime },
    ],
  })

  test('each have their base', async () => {
    expect((await http.request('/box-office/concerts')).status).toBe(200)
    expect((await http.request('/help-desk/concerts')).status).toBe(405)
    expect((await http.request('/concerts')).status).toBe(404)
  })

  test('are listed at the root', async () => {
    expect(await (await http.request('/')).json()).toEqual({
      apps: [
        {
          name: 'box-office',
          title: 'Box office',
          description: 'Concerts that never oversell.',
          docs: '/box-office/docs',
          openapi: '/box-office/openapi.json',
          graphql: '/box-office/graphql',
        },
        {
          name: 'help-desk',
          title: 'Help desk',
          docs: '/help-desk/docs',
          openapi: '/help-desk/openapi.json',
          graphql: '/help-desk/graphql',
        },
      ],
    })
  })

  test('are each listed at their base, with or without a slash', async () => {
    const docs = '/help-desk/docs'
    const [openapi, graphql] = ['/help-desk/openapi.json', '/help-desk/graphql']
    const apps = [{ name: 'help-desk', title: 'Help desk', docs, openapi, graphql }]
    for (const path of ['/help-desk', '/help-desk/']) {
      expect(await (await http.request(path)).json(), path).toEqual({ apps })
    }
  })

  test('have their documentation without a slash: who adds one is led there', async () => {
    const answer = await http.request('/help-desk/docs/')
    expect(answer.status).toBe(308)
    const location = new URL(answer.headers.get('location') ?? '', 'http://localhost/help-desk/docs/')
    expect(location.pathname).toBe('/help-desk/docs')
  })

  test('each describe themselves', async () => {
    const document = await (await http.request('/help-desk/openapi.json')).json()
    expect(document).toMatchObject({ info: { title: 'Help desk' }, servers: [{ url: '/help-desk' }] })
  })
})

test('an OpenAPI document is sent again only when it changed', async () => {
  const http = createHttpApp({ mounts: [{ base: '', runtime }] })
  const etag = (await http.request('/openapi.json')).headers.get('etag') as string
  expect((await http.request('/openapi.json', { headers: { 'if-none-match': etag } })).status).toBe(304)
})

describe('an address', () => {
  const http = createHttpApp({ mounts: [{ base: '', runtime }] })

  test('where nothing is has no answer, with a slash too many neither', async () => {
    for (const path of ['/nowhere', '/concerts/', '/concerts/c-1/x', '/Concerts']) {
      const answer = await http.request(path)
      expect(answer.status, path).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'unknown-route' })
    }
  })

  test('takes the methods of its routes only', async () => {
    const answer = await http.request('/concerts/c-1', { method: 'POST' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD, PUT, DELETE, OPTIONS')
    expect((await http.request('/health', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  test('answers HEAD as GET, without the body', async () => {
    const answer = await http.request('/concerts', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.text()).toBe('')
  })
})

test('a base is not listed where an application has a route of its own', async () => {
  const answering = (name: string, path: `/${string}`) => {
    const routes = { [`GET ${path}`]: Concerts.list }
    return fakeRuntime(app(name, { routes, projections: [Concerts] })).runtime
  }
  const mounts = [
    { base: '', runtime: answering('first', '/shop') },
    { base: '/shop', runtime: answering('second', '/items') },
  ]
  const http = createHttpApp({ mounts })
  expect(await (await http.request('/shop')).json()).toEqual([])
  expect(await (await http.request('/shop/')).json()).toMatchObject({ apps: [{ name: 'second' }] })
  const any = app('any', { routes: { 'GET /:id': Concerts.get }, projections: [Concerts] })
  const { runtime } = fakeRuntime(any, { get: () => ({ document: { id: 'x' }, version: 1, consistency: undefined }) })
  const others = [
    { base: '', runtime },
    { base: '/shop', runtime: answering('second', '/items') },
  ]
  expect(await (await createHttpApp({ mounts: others }).request('/shop')).json()).toEqual({ id: 'x' })
})

describe('health', () => {
  const ready = fakeRuntime(boxOffice, { readiness: () => ({ ready: true, reasons: [] }) }).runtime
  const reasons = ["projection 'x' is catching up"]
  const late = fakeRuntime(helpDesk, { readiness: () => ({ ready: false, reasons }) }).runtime

  test('says that the process is up', async () => {
    const http = createHttpApp({ mounts: [{ base: '/help-desk', runtime: late }] })
    expect(await (await http.request('/health')).json()).toEqual({ status: 'up' })
  })

  test('is ready when every application is', async () => {
    const http = createHttpApp({ mounts: [{ base: '', runtime: ready }] })
    const answer = await http.request('/ready')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ status: 'ready', apps: [{ app: 'box-office', ready: true, reasons: [] }] })
  })

  test('else says which is not, and why', async () => {
    const mounts = [
      { base: '', runtime: ready },
      { base: '/help-desk', runtime: late },
    ]
    const answer = await createHttpApp({ mounts }).request('/ready')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      status: 'not-ready',
      apps: [
        { app: 'box-office', ready: true, reasons: [] },
        { app: 'help-desk', ready: false, reasons },
      ],
    })
  })

  test('is not ready when it cannot be asked', async () => {
    const broken = fakeRuntime(boxOffice, {
      readiness: () => {
        throw new Error('SECRET')
      },
    }).runtime
    const answer = await createHttpApp({ mounts: [{ base: '', runtime: broken }] }).request('/ready')
    expect(answer.status).toBe(503)
    expect(await answer.text()).not.toContain('SECRET')
  })
})

describe('a server is not made', () => {
  test('with two applications at one base', () => {
    const mounts = [
      { base: '/x', runtime },
      { base: '/x', runtime },
    ]
    expect(() => createHttpApp({ mounts })).toThrow(/GET \/x\/openapi.json.*twice.*base/)
  })

  test('with a route where the server answers itself', () => {
    const nosy = app('nosy', { routes: { 'POST /health': Concert.commands.schedule } })
    expect(() => createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(nosy).runtime }] })).not.toThrow()
    const mounts = [{ base: '/docs', runtime }]
    expect(() => createHttpApp({ mounts: [{ base: '', runtime }, ...mounts] })).not.toThrow()
  })

  test.each(['x', '/', '/x/', '/a b', '/:id'])('at the base %j', (base) => {
    expect(() => createHttpApp({ mounts: [{ base, runtime }] })).toThrow(/base/)
  })
})
