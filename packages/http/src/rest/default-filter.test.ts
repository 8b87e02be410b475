import { describe, expect, test } from 'vitest'
import type { Clock } from 'weir/ports'
import { virtualClock } from 'weir/testing'
import { cafe } from '../../test/cafe.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const eve = Date.parse('2030-12-31T23:59:59.999Z')
const at = (clock: Clock) => {
  const page = { documents: [{ id: 'o-1' }], next: 'next-page', consistency: undefined }
  const { runtime, asked } = fakeRuntime(cafe, { list: () => page })
  const http = createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: ['key'], clock })
  const list = (query: string) => http.request(`/orders${query}`, { headers: { 'x-api-key': 'key' } })
  const filtersOf = async (query: string) => {
    expect((await list(query)).status).toBe(200)
    return asked.list.at(-1)?.filters
  }
  return { list, filtersOf }
}
const dateIs = (value: string) => [{ field: 'date', operator: 'eq', value }]

describe("a list of today's orders", () => {
  test.each(['', '?', '?date=', '?limit=5', '?sort=-date'])('is what %j asks for', async (query) => {
    expect(await at(virtualClock(eve)).filtersOf(query)).toEqual(dateIs('2030-12-31'))
  })

  test('is that of the next day from midnight on, in UTC', async () => {
    expect(await at(virtualClock(eve + 1)).filtersOf('')).toEqual(dateIs('2031-01-01'))
  })

  test('goes on with the day that it began with', async () => {
    const link = (await at(virtualClock(eve)).list('?date=&limit=1')).headers.get('link')
    expect(link).toBe('</orders?date=2030-12-31&limit=1&cursor=next-page>; rel="next"')
  })

  test('is not what a request asks for that names another day, or another filter', async () => {
    const { filtersOf } = at(virtualClock(eve))
    expect(await filtersOf('?date=2030-01-01')).toEqual(dateIs('2030-01-01'))
    expect(await filtersOf('?date[gte]=2030-01-01')).toEqual([{ field: 'date', operator: 'gte', value: '2030-01-01' }])
    expect(await filtersOf('?customerId=c-1')).toEqual([{ field: 'customerId', operator: 'eq', value: 'c-1' }])
  })

  test.each(['?date=2030-01-01&customerId=c-1', '?customerId=c-1&date=', '?customerId=&date[lt]=2030-01-01'])(
    'cannot be of a customer: %s names two filters that exclude each other',
    async (query) => {
      const answer = await at(virtualClock(eve)).list(query)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({
        code: 'invalid-query',
        errors: [
          { field: 'date', message: "cannot be combined with 'customerId'" },
          { field: 'customerId', message: "cannot be combined with 'date'" },
        ],
      })
    },
  )
})
