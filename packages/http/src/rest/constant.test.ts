import { expect, test } from 'vitest'
import { cafe, menu } from '../../test/cafe.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

const http = createHttpApp({ mounts: [{ base: '', runtime: fakeRuntime(cafe).runtime }], apiKeys: ['key'] })

test('the menu is answered as it stands in the route table, and not sent again to who has it', async () => {
  const answer = await http.request('/coffees')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toEqual(menu)
  const etag = answer.headers.get('etag') as string
  expect(etag).toMatch(/^"[\w-]+"$/)
  const again = await http.request('/coffees', { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect(again.headers.get('etag')).toBe(etag)
  expect((await http.request('/coffees', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  expect((await http.request('/coffees', { method: 'POST' })).status).toBe(405)
})
