import { beforeAll, describe, expect, test } from 'vitest'
import { type Office, openBoxOffice } from '../../test/box-office.ts'

describe('a programme of five concerts', () => {
  let office: Office
  beforeAll(async () => {
    office = await openBoxOffice('/box-office')
    for (const [name, venue, seats] of [
      ['Air', 'Arena', 10],
      ['Blur', 'Arena', 20],
      ['Can', 'Hall & Bar', 30],
      ['Devo', 'Hall & Bar', 40],
      ['Eels', 'Arena', 50],
    ] as const) {
      await office.schedule({ name, venue, seats, date: `2030-01-0${seats / 10}` })
    }
  })
  const names = async (path: string) => {
    const answer = await office.get(path)
    const concerts = (await answer.json()) as { name: string }[]
    return {
      status: answer.status,
      names: concerts.map(({ name }) => name).join(' '),
      link: answer.headers.get('link'),
    }
  }

  test.each([
    ['', 'Eels Devo Can Blur Air'],
    ['?sort=date', 'Air Blur Can Devo Eels'],
    ['?sort=-availableTickets', 'Eels Devo Can Blur Air'],
    ['?venue=Arena', 'Eels Blur Air'],
    ['?venue=Hall+%26+Bar&sort=date', 'Can Devo'],
    ['?availableTickets=20', 'Blur'],
    ['?availableTickets[gte]=20&availableTickets[lt]=50&sort=date', 'Blur Can Devo'],
    ['?availableTickets%5Bgt%5D=40', 'Eels'],
    ['?date[lte]=2030-01-02&sort=date', 'Air Blur'],
    ['?cancelled=false&limit=1', 'Eels'],
    ['?status=cancelled', ''],
    ['?', 'Eels Devo Can Blur Air'],
  ])('%s lists %s', async (query, expected) => {
    expect(await names(`/concerts${query}`)).toMatchObject({ status: 200, names: expected })
  })

  test('is turned page by page, with what was asked for', async () => {
    const pages: string[] = []
    let next: string | undefined = '/concerts?venue=Hall+%26+Bar&sort=date&limit=1'
    while (next !== undefined) {
      const page = await names(next)
      pages.push(page.names)
      const target = page.link === null ? undefined : /^<\/box-office([^>]+)>; rel="next"$/.exec(page.link)?.[1]
      if (target) expect(target).toContain('venue=Hall%20%26%20Bar&sort=date&limit=1&cursor=')
      next = target
    }
    expect(pages.join('|')).toMatch(/^Can\|Devo\|?$/)
  })

  test.each([
    ['status=sold', 'status', /on-sale/],
    ['availableTickets=many', 'availableTickets', /number/],
    ['availableTickets=1.5', 'availableTickets', /int/],
    ['availableTickets[gt]=', 'availableTickets[gt]', /number/],
    ['cancelled=yes', 'cancelled', /true/],
    ['venue=%00', 'venue', /text/],
    ['limit=0', 'limit', /1 to 1000/],
    ['limit=1001', 'limit', /1 to 1000/],
    ['limit=ten', 'limit', /1 to 1000/],
    ['sort=name', 'sort', /date, venue/],
    ['sort=', 'sort', /date, venue/],
    ['name=Blur', 'name', /cannot be filtered on; these can: date, venue/],
    ['name[gte]=Blur', 'name[gte]', /cannot be filtered on; these can: date, venue/],
    ['title=Blur', 'title', /not a known/],
    ['venue[like]=A', 'venue[like]', /not a known/],
    ['__proto__=x', '__proto__', /not a known/],
    ['venue=Arena&venue=Hall', 'venue', /twice/],
  ])('?%s is refused, and %s named', async (query, field, message) => {
    const answer = await office.get(`/concerts?${query}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      code: 'invalid-query',
      detail: expect.stringContaining('venue[gte]'),
      errors: [{ field, message: expect.stringMatching(message) }],
    })
  })

  test('takes only the filters of its route, and sorts by any index', async () => {
    expect((await office.get('/search?venue=Arena&sort=-availableTickets')).status).toBe(200)
    const answer = await office.get('/search?date=2030-01-01')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      errors: [{ field: 'date', message: 'cannot be filtered on; these can: venue' }],
    })
  })

  test.each(['cursor=nonsense', 'cursor='])('?%s is refused', async (query) => {
    const answer = await office.get(`/concerts?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('cannot be asked for with an address that cannot be decoded', async () => {
    for (const path of ['/concerts?venue=%zz', '/concerts/%zz', '/concerts/%E0%A4', '/%zz']) {
      const answer = await office.get(path)
      expect(answer.status, path).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'malformed-url' })
    }
  })
})
