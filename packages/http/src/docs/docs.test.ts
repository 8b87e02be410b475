import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const http = createHttpApp({ mounts: [{ base: '/box-office', runtime: fakeRuntime(boxOffice).runtime }] })

describe('the documentation page', () => {
  test('loads nothing from elsewhere, and everything that it loads is there', async () => {
    const page = await http.request('/box-office/docs')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).not.toContain('//')
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string)
    expect(sources).toHaveLength(6)
    for (const source of sources.filter((each) => each !== 'graphql')) {
      const { pathname } = new URL(source, 'http://localhost/box-office/docs')
      expect((await http.request(pathname)).status, pathname).toBe(200)
    }
  })

  test('finds the document of its own application', async () => {
    const script = await (await http.request('/box-office/docs/init.js')).text()
    const url = /url: '([^']+)'/.exec(script)?.[1] as string
    const { pathname } = new URL(url, 'http://localhost/box-office/docs')
    expect((await http.request(pathname)).headers.get('content-type')).toBe('application/json')
  })

  test('leads to GraphiQL where that is shown', async () => {
    const mounts = [{ base: '', runtime: fakeRuntime(boxOffice).runtime }]
    const linkOf = async (graphql: object) =>
      (await (await createHttpApp({ mounts, graphql }).request('/docs')).text()).includes('href="graphql"')
    expect([await linkOf({}), await linkOf({ graphiql: false })]).toEqual([true, false])
  })

  test('shows titles as text', async () => {
    const { runtime } = fakeRuntime({ ...boxOffice, title: '<script>alert(1)</script>' })
    const page = await createHttpApp({ mounts: [{ base: '', runtime }] }).request('/docs')
    expect(await page.text()).not.toContain('<script>alert')
  })
})

describe('the files of Swagger UI', () => {
  const path = '/box-office/docs/swagger-ui.css'
  const fetchFile = (headers: Record<string, string>) => http.request(path, { headers })

  test('are compressed for those who take it', async () => {
    const zipped = await fetchFile({ 'accept-encoding': 'br, gzip' })
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
    const plain = await fetchFile({ 'accept-encoding': 'gzip;q=0, br' })
    expect(plain.headers.has('content-encoding')).toBe(false)
    expect(gunzipSync(await zipped.arrayBuffer()).equals(Buffer.from(await plain.arrayBuffer()))).toBe(true)
    expect(plain.headers.get('vary')).toBe('Accept-Encoding')
  })

  test('are kept by caches, and not sent again', async () => {
    const file = await fetchFile({})
    expect(file.headers.get('cache-control')).toContain('max-age')
    const again = await fetchFile({ 'if-none-match': file.headers.get('etag') as string })
    expect(again.status).toBe(304)
  })
})
