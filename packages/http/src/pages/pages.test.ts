import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

let folder: string

const put = (path: string, text: string) => writeFileSync(join(folder, path), text)
const mounts = [{ base: '/box-office', runtime: fakeRuntime(boxOffice).runtime }]
const asPerson = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-pages-'))
  mkdirSync(join(folder, 'assets'))
  put('index.html', '<!doctype html><title>Shop</title>')
  put('favicon.svg', '<svg/>')
  put('assets/index-Bq3.js', 'start()')
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('pages at the root', () => {
  const open = () => createHttpApp({ mounts, pages: folder })

  test('are shown to people, while programs find the index', async () => {
    const page = await open().request('/', asPerson)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toContain('Shop')
    expect(page.headers.get('vary')).toContain('Accept')
    const index = await open().request('/')
    expect(await index.json()).toMatchObject({ apps: [{ name: 'box-office' }] })
  })

  test('may load from this server alone, and are in no frame', async () => {
    const policy = (await open().request('/', asPerson)).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
  })

  test('keep files with a hash in their names for good, and ask for others again', async () => {
    const script = await open().request('/assets/index-Bq3.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('cache-control')).toContain('immutable')
    const icon = await open().request('/favicon.svg')
    expect(icon.headers.get('cache-control')).toBe('no-cache')
    const again = await open().request('/favicon.svg', { headers: { 'if-none-match': icon.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test.each([
    '/assets/../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/..%2findex.html',
    '/assets',
    '/assets/',
    '/assets/none.js',
  ])('lead nowhere else: %s', async (path) => {
    expect((await open().request(path)).status).toBe(404)
  })

  test('leave the applications and the server as they are', async () => {
    expect((await open().request('/box-office/docs')).status).toBe(200)
    expect((await open().request('/health', asPerson)).headers.get('content-type')).toBe('application/json')
  })
})

describe('the console', () => {
  test('has its place, with and without the slash', async () => {
    const http = createHttpApp({ mounts, console: `${folder}/` })
    const led = await http.request('/console')
    expect([led.status, led.headers.get('location')]).toEqual([308, 'console/'])
    expect(await (await http.request('/console/')).text()).toContain('Shop')
    expect((await http.request('/console/assets/index-Bq3.js')).status).toBe(200)
  })
})

test('a server is not made of pages that are not built', () => {
  const missing = join(folder, 'missing')
  expect(() => createHttpApp({ mounts, pages: missing })).toThrow(`${missing} cannot be read: build the pages first`)
  expect(() => createHttpApp({ mounts, pages: join(folder, 'assets') })).toThrow('There is no index.html in')
})
