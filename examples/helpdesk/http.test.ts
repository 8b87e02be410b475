import { onEachEngine, type Server, tickingClock } from '@weir-examples/harness'
import { describe, expect, test } from 'vitest'
import { helpdesk } from './index.ts'

const printer = { title: 'The printer is on fire', description: 'Since nine.', priority: 'high' }

onEachEngine(
  helpdesk,
  (server) => {
    /** Opens a ticket and answers its id, and the token to see it with. */
    const open = async (ticket: object = printer, headers = {}) => {
      const { status, body, header } = await server().send('POST', '/tickets', ticket, headers)
      expect(status).toBe(201)
      return { id: body.id as string, token: header('consistency-token') as string }
    }
    const change = (id: string, changes: unknown, headers = {}) =>
      server().send('PUT', `/tickets/${id}`, changes, headers)
    /** The titles that a list answers, once all is folded. */
    const titles = async (query: string) => {
      await server().runtime.settled()
      const { status, body } = await server().get(`/tickets${query}`)
      expect(status).toBe(200)
      return body.map(({ title }: { title: string }) => title)
    }

    describe('POST /tickets', () => {
      test('opens a ticket and says where it is', async () => {
        const answer = await server().send('POST', '/tickets', printer)
        expect(answer.status).toBe(201)
        expect(answer.body).toEqual({ id: expect.any(String), version: 1 })
        expect(answer.header('location')).toBe(`/tickets/${answer.body.id}`)
        expect(answer.header('consistency-token')).toBeTruthy()
      })

      test('takes a title alone', async () => {
        const { id, token } = await open({ title: 'Hello?' })
        const { body } = await server().get(`/tickets/${id}`, { 'consistency-token': token })
        expect(body).toMatchObject({ title: 'Hello?', description: '', priority: 'normal', status: 'open' })
      })

      test.each([
        [{ description: 'No title' }, 'title'],
        [{ title: '' }, 'title'],
        [{ title: 'x'.repeat(201) }, 'title'],
        [{ title: 7 }, 'title'],
        [{ ...printer, description: 'x'.repeat(5001) }, 'description'],
        [{ ...printer, priority: 'urgent' }, 'priority'],
      ])('refuses %j and names the field', async (ticket, field) => {
        const { status, body, header } = await server().send('POST', '/tickets', ticket)
        expect(status).toBe(400)
        expect(header('content-type')).toBe('application/problem+json')
        expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field])
      })

      test('repeated with the same key opens one ticket, also after a restart', async () => {
        const key = { 'idempotency-key': 'the-fire' }
        const first = await server().send('POST', '/tickets', printer, key)
        const second = await server().send('POST', '/tickets', printer, key)
        await server().restart()
        const third = await server().send('POST', '/tickets', printer, key)
        for (const again of [second, third]) {
          expect(again.status).toBe(201)
          expect(again.body).toEqual(first.body)
          expect(again.header('location')).toBe(first.header('location'))
        }
        expect(await titles('')).toHaveLength(1)
      })

      test('repeated all at once with the same key opens one ticket', async () => {
        const key = { 'idempotency-key': 'the-fire' }
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => server().send('POST', '/tickets', printer, key)),
        )
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
        expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
        expect(await titles('')).toHaveLength(1)
      })

      test('refuses the key of another ticket', async () => {
        const key = { 'idempotency-key': 'the-fire' }
        await server().send('POST', '/tickets', printer, key)
        const other = await server().send('POST', '/tickets', { ...printer, title: 'Smoke' }, key)
        expect(other.status).toBe(422)
      })
    })

    describe('GET /tickets/:id', () => {
      test('answers the ticket with its version', async () => {
        const { id, token } = await open()
        const { status, body, header } = await server().get(`/tickets/${id}`, { 'consistency-token': token })
        expect(status).toBe(200)
        expect(body).toEqual({
          id,
          ...printer,
          status: 'open',
          createdAt: expect.stringMatching(/^2030-01-01T00:\d\d:\d\d\.\d{3}Z$/),
          updatedAt: body.createdAt,
        })
        expect(header('etag')).toBe('"1"')
        expect(header('consistency-status')).toBe('reached')
      })

      test('answers 404 when there is none', async () => {
        const { status, body } = await server().get('/tickets/00000000-0000-7000-8000-000000000000')
        expect(status).toBe(404)
        expect(body).toMatchObject({ status: 404, type: expect.any(String), title: expect.any(String) })
      })

      test('shows what a restarted application remembers', async () => {
        const { id, token } = await open()
        await server().restart()
        const { status, body } = await server().get(`/tickets/${id}`, { 'consistency-token': token })
        expect([status, body?.title]).toEqual([200, printer.title])
      })
    })

    describe('PUT /tickets/:id', () => {
      test('changes what is sent, and the list never shows it stale to who has the token', async () => {
        const { id } = await open()
        const answer = await change(id, { status: 'in_progress', title: 'Fire!' })
        expect(answer.status).toBe(200)
        expect(answer.body).toEqual({ id, version: 2 })
        const token = { 'consistency-token': answer.header('consistency-token') as string }
        const list = await server().get('/tickets?status=in_progress', token)
        expect(list.header('consistency-status')).toBe('reached')
        expect(list.body).toMatchObject([{ id, title: 'Fire!', priority: 'high', status: 'in_progress' }])
        const { body, header } = await server().get(`/tickets/${id}`, token)
        expect(header('etag')).toBe('"2"')
        expect(body.updatedAt > body.createdAt).toBe(true)
      })

      test('keeps the version when nothing changes', async () => {
        const { id } = await open()
        const { status, body } = await change(id, { ...printer, status: 'open' })
        expect([status, body]).toEqual([200, { id, version: 1 }])
        expect((await change(id, { status: 'closed' })).body).toEqual({ id, version: 2 })
      })

      test.each([
        [{}, ''],
        [{ colour: 'red' }, ''],
        [{ title: '' }, 'title'],
        [{ description: null }, 'description'],
        [{ priority: 'urgent' }, 'priority'],
        [{ status: 'lost' }, 'status'],
      ])('refuses %j and names the field', async (changes, field) => {
        const { id } = await open()
        const { status, body } = await change(id, changes)
        expect(status).toBe(400)
        expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field])
      })

      test('answers 404 when there is no such ticket', async () => {
        const id = '00000000-0000-7000-8000-000000000000'
        expect((await change(id, { status: 'closed' })).status).toBe(404)
        expect((await change(id, { status: 'closed' }, { 'if-match': '"1"' })).status).toBe(404)
      })

      test('answers 409 when the ticket is closed', async () => {
        const { id } = await open()
        await change(id, { status: 'closed' })
        const { status, body } = await change(id, { status: 'open' })
        expect(status).toBe(409)
        expect(body).toMatchObject({
          status: 409,
          code: 'ticket-closed',
          type: expect.stringContaining('ticket-closed'),
        })
      })

      test('with If-Match changes only what has not changed since it was read', async () => {
        const { id, token } = await open()
        const { header } = await server().get(`/tickets/${id}`, { 'consistency-token': token })
        const etag = header('etag') as string
        const first = await change(id, { status: 'in_progress' }, { 'if-match': etag })
        expect(first.status).toBe(200)
        expect((await change(id, { status: 'resolved' }, { 'if-match': etag })).status).toBe(412)
        const next = first.header('etag') as string
        expect((await change(id, { status: 'resolved' }, { 'if-match': next })).status).toBe(200)
        expect((await change(id, { status: 'open' }, { 'if-match': '*' })).status).toBe(200)
      })

      test('of many at once with the same If-Match changes it once', async () => {
        const { id } = await open()
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, n) => change(id, { title: `Version ${n}` }, { 'if-match': '"1"' })),
        )
        expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)])
      })

      test('repeated with the same key answers as before, whatever has happened meanwhile', async () => {
        const { id } = await open()
        const key = { 'idempotency-key': 'close-it' }
        const first = await change(id, { status: 'closed' }, key)
        await server().restart()
        const second = await change(id, { status: 'closed' }, key)
        expect([second.status, second.body]).toEqual([200, first.body])
      })
    })

    describe('GET /tickets/:id/history', () => {
      test('tells each change, and none where nothing changed', async () => {
        const { id } = await open()
        await change(id, { status: 'open' })
        const { header } = await change(id, { status: 'in_progress', priority: 'low' })
        const token = { 'consistency-token': header('consistency-token') as string }
        const { status, body } = await server().get(`/tickets/${id}/history`, token)
        const at = expect.any(String)
        expect([status, body]).toEqual([
          200,
          {
            id,
            entries: [
              { version: 1, at, changes: { ...printer, status: 'open' } },
              { version: 2, at, changes: { status: 'in_progress', priority: 'low' } },
            ],
          },
        ])
      })

      test('answers 404 when there is no such ticket', async () => {
        expect((await server().get('/tickets/none/history')).status).toBe(404)
      })
    })

    describe('GET /tickets', () => {
      const fill = async (at: Server) => {
        const tickets = [
          { title: 'Cable', priority: 'low' },
          { title: 'Antenna', priority: 'high' },
          { title: 'Battery', priority: 'normal' },
        ]
        for (const ticket of tickets) await open(ticket)
        await at.runtime.settled()
        const { body } = await at.get('/tickets?sort=title')
        await change(body[0].id, { status: 'resolved' })
        await change(body[2].id, { status: 'in_progress' })
      }

      test('is an empty array at first', async () => {
        const { status, body, header } = await server().get('/tickets')
        expect([status, body]).toEqual([200, []])
        expect(header('content-type')).toContain('application/json')
      })

      test.each([
        ['', ['Battery', 'Antenna', 'Cable']],
        ['?sort=createdAt', ['Cable', 'Antenna', 'Battery']],
        ['?sort=-createdAt', ['Battery', 'Antenna', 'Cable']],
        ['?sort=updatedAt', ['Battery', 'Antenna', 'Cable']],
        ['?sort=title', ['Antenna', 'Battery', 'Cable']],
        ['?sort=-title', ['Cable', 'Battery', 'Antenna']],
        ['?sort=priority', ['Antenna', 'Cable', 'Battery']],
        ['?sort=status', ['Cable', 'Battery', 'Antenna']],
        ['?status=open', ['Battery']],
        ['?status=resolved', ['Antenna']],
        ['?status=closed', []],
        ['?priority=low', ['Cable']],
        ['?priority=low&status=in_progress', ['Cable']],
        ['?priority=low&status=open', []],
        ['?limit=2', ['Battery', 'Antenna']],
      ])('%s answers %j', async (query, expected) => {
        await fill(server())
        expect(await titles(query)).toEqual(expected)
      })

      test('goes from page to page through Link, without a gap or a repetition', async () => {
        for (let n = 0; n < 7; n += 1) await open({ title: `Ticket ${n % 3}` })
        await server().runtime.settled()
        const seen: string[] = []
        let next: string | undefined = '/tickets?sort=title&limit=3'
        let pages = 0
        while (next) {
          const { body, header } = await server().get(next)
          seen.push(...body.map(({ id }: { id: string }) => id))
          next = /<([^>]+)>; rel="next"/.exec(header('link') ?? '')?.[1]
          pages += 1
        }
        expect([pages, seen.length, new Set(seen).size]).toEqual([3, 7, 7])
      })

      test.each([
        ['?colour=red', 'colour'],
        ['?title=Cable', 'title'],
        ['?sort=description', 'sort'],
        ['?limit=0', 'limit'],
        ['?limit=many', 'limit'],
        ['?status=lost', 'status'],
        ['?status=closed&status=open', 'status'],
      ])('%s is refused', async (query, parameter) => {
        const { status, body } = await server().get(`/tickets${query}`)
        expect(status).toBe(400)
        expect(JSON.stringify(body)).toContain(parameter)
      })

      test('refuses a cursor or a token that it has not made', async () => {
        expect((await server().get('/tickets?cursor=made-up')).status).toBe(400)
        expect((await server().get('/tickets', { 'consistency-token': 'made-up' })).status).toBe(400)
      })
    })
  },
  { clock: tickingClock() },
)
