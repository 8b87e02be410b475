import { describe, expect, test } from 'vitest'
import type { App } from 'weir'
import { boxOffice } from '../../test/box-office.ts'
import { cafe } from '../../test/cafe.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const inBrowser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }

const serving = (app: App, graphql = {}) =>
  createHttpApp({ mounts: [{ base: '/shop', runtime: fakeRuntime(app).runtime }], apiKeys: ['key'], graphql })

/** What the page tells GraphiQL. */
async function dataOf(app: App) {
  const html = await (await serving(app).request('/shop/graphql', inBrowser)).text()
  const attribute = (name: string) => new RegExp(`data-${name}="([^"]*)"`).exec(html)?.[1]?.replaceAll('&quot;', '"')
  return { tabs: JSON.parse(attribute('tabs') ?? '[]'), headers: attribute('headers'), title: attribute('title') }
}

describe('GraphiQL', () => {
  test('loads nothing from elsewhere, and everything that it loads is there', async () => {
    const http = serving(boxOffice)
    const page = await http.request('/shop/graphql', inBrowser)
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await page.text()
    expect(html).not.toMatch(/\/\/|<script>|style=/)
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string)
    for (const source of sources.filter((each) => each !== 'data:,')) {
      const { pathname } = new URL(source, 'http://localhost/shop/graphql')
      expect((await http.request(pathname)).status, pathname).toBe(200)
    }
  })

  test('begins with a query, a mutation and a subscription of the application', async () => {
    const { tabs, headers, title } = await dataOf(boxOffice)
    expect(title).toBe('Box office')
    expect(tabs.map(({ query }: { query: string }) => query)).toEqual([
      `query Concerts {
  concerts(first: 5) {
    nodes {
      id
      name
      date
      venue
      status
      availableTickets
      cancelled
    }
  }
}
`,
      `mutation ScheduleConcert($name: String!, $date: String!, $venue: String!, $seats: Float!) {
  scheduleConcert(name: $name, date: $date, venue: $venue, seats: $seats) {
    id
    version
  }
}
`,
      `subscription ConcertChanged {
  concertChanged {
    id
    name
    date
    venue
    status
    availableTickets
    cancelled
  }
}
`,
    ])
    expect(JSON.parse(tabs[1].variables)).toEqual({ name: '', date: '', venue: '', seats: 0 })
    expect(headers).toBeUndefined()
  })

  test('has a place for the key that the application asks for', async () => {
    expect(JSON.parse((await dataOf(cafe)).headers ?? '')).toEqual({ 'x-api-key': '' })
  })

  test('shows titles as text', async () => {
    const page = await serving({ ...boxOffice, title: '"><script>alert(1)</script>' }).request(
      '/shop/graphql',
      inBrowser,
    )
    expect(await page.text()).not.toContain('<script>alert')
  })

  test('is not in the way of programs, nor of queries', async () => {
    const http = serving(boxOffice)
    expect((await http.request('/shop/graphql?query={__typename}', inBrowser)).headers.get('content-type')).toBe(
      'application/json',
    )
    expect((await http.request('/shop/graphql')).status).toBe(400)
    expect((await http.request('/shop/graphql/')).headers.get('location')).toBe('../graphql')
  })

  test('is not shown where the schema is not, unless that is asked for', async () => {
    const typeOf = async (graphql: object) =>
      (await serving(boxOffice, graphql).request('/shop/graphql', inBrowser)).headers.get('content-type')
    expect(await typeOf({ introspection: false })).toBe('application/json')
    expect(await typeOf({ graphiql: false })).toBe('application/json')
    expect(await typeOf({ introspection: false, graphiql: true })).toMatch('text/html')
  })
})
