import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSite, type Site } from './site.ts'

/** GraphiQL, as people see it who open `/graphql` in a browser. */

let site: Site

beforeAll(async () => {
  site = await openSite()
})
afterAll(async () => {
  await site.close()
})

const open = async (path: string) => {
  const page = await site.visit(path)
  const result = page.locator('.graphiql-response')
  const run = () => page.getByRole('button', { name: /^Execute query/ }).click()
  return { page, result, run }
}

describe('whoever opens the address in a browser', () => {
  test('finds a query of the application, which runs', async () => {
    const { page, result, run } = await open('/coffee/graphql')
    await page.getByRole('tab', { name: 'Coffees' }).waitFor()
    await run()
    await result.getByText('"Cappuccino"').waitFor()
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await page.getByRole('link', { name: 'Mutation' }).click()
    await page.getByRole('link', { name: 'createOrder' }).waitFor()
    await page.context().close()
  })

  test('sees changes as they come, until they have seen enough', async () => {
    const { page, result, run } = await open('/coffee/graphql/')
    await page.getByRole('tab', { name: 'OrderChanged' }).click()
    // Until its text is there, what would be executed is the tab before.
    await page.locator('.graphiql-query-editor').getByText('subscription', { exact: true }).waitFor()
    const begun = page.waitForResponse((answer) => answer.headers()['content-type'] === 'text/event-stream')
    await run()
    await begun
    await fetch(`${site.url}/coffee/order`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ coffeeId: '3', customerId: 'ada-1', customerName: 'Ada' }),
    })
    await result.getByText('"Mocha"').waitFor()
    await page.getByRole('button', { name: /^Stop query/ }).click()
    await page.getByRole('button', { name: /^Execute query/ }).waitFor()
    await page.context().close()
  })

  test('meets nothing that the page’s policy forbids', () => {
    expect(site.complaints).toEqual([])
  })
})
