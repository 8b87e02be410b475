import { gzipSync } from 'node:zlib'
import { barriers } from '@weir/test-browser'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Runtime } from 'weir/runtime'
import { focused, openConsole, titleOf } from './console.ts'
import { openSite, type Site } from './site.ts'

/** What is seen of streams, documents and what led to what: in coffee, where an order was placed and paid. */

/** Machines that test have other things to do, too. */
const patience = { timeout: 30_000 }

let site: Site
let orderId: string
let page: Page

async function post(path: string, body: object): Promise<{ readonly id: string }> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(site.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await answer.json()) as { id: string }
}

const placeOrder = (customerName: string) =>
  post('/coffee/order', { coffeeId: '2', customerId: customerName, customerName })

async function see(address: string, title: string): Promise<void> {
  await go(address)
  await titleOf(page, title).waitFor()
  await expect.poll(() => page.getByText('Loading', { exact: true }).count(), patience).toBe(0)
}

/** As when one looks at another tab, or at this one again. */
const turn = (to: 'hidden' | 'visible') =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${to === 'hidden'}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
  )

const go = (address: string) => page.goto(`${site.url}/console/${address}`)

beforeAll(async () => {
  site = await openSite()
  orderId = (await placeOrder('Ada')).id
  await post('/coffee/payment', { orderId, paymentMethod: 'card_ok' })
  const coffee = site.runtimes.get('coffee') as Runtime
  await vi.waitFor(async () => expect((await coffee.operations.stream(`order-${orderId}`)).version).toBe(2), patience)
  page = await openConsole(site, '#/coffee/streams')
})

afterAll(() => site.close())

describe('a stream', () => {
  test('is found by how its name begins, and by its id alone', async () => {
    await page.getByRole('button', { name: 'fulfilment' }).click()
    await page.getByRole('link', { name: /^fulfilment-/ }).waitFor()
    expect(await page.getByRole('link', { name: `order-${orderId}` }).count()).toBe(0)
    await page.getByLabel('Streams whose name begins with').fill('none-')
    await page.getByText('No stream’s name begins with ‘none-’').waitFor()
    await page.getByText('Capital and small letters are told apart').waitFor()
    await page.getByLabel('Streams whose name begins with').fill('order-')
    await page.getByRole('link', { name: `order-${orderId}` }).waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toBe(`order-${orderId}`)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Escape')
    expect(await focused(page)).toBe('Streams whose name begins with')
    await page.keyboard.press('Control+k')
    await page.keyboard.type(orderId.slice(0, 20))
    await page.getByRole('option', { name: `order-${orderId}` }).waitFor()
    await page.keyboard.press('Enter')
    await titleOf(page, `order-${orderId}`).waitFor()
  })

  test('is seen as it was at any version, with what has changed since another', async () => {
    await page.getByRole('heading', { name: 'State at version 2' }).waitFor()
    const json = page.getByRole('region', { name: 'State' })
    await json.getByText('Removed: "status": "placed"').waitFor()
    await json.getByText('Added: "status": "paid"').waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('heading', { name: 'State at version 1' }).waitFor()
    expect(page.url()).toContain('at=1')
    await page.getByRole('option', { name: /PaymentConfirmed/ }).click()
    await page.getByLabel('Compared with version').fill('0')
    await page.keyboard.press('Enter')
    await json.getByText('Added: "customerName": "Ada"').waitFor()
    await page.reload()
    await json.getByText('Added: "customerName": "Ada"').waitFor()
    expect(await page.getByLabel('Compared with version').inputValue()).toBe('0')
  })

  test('is shown as it is now where the address has a version that there is not', async () => {
    await page.getByLabel('Compared with version').fill('99')
    await page.keyboard.press('Enter')
    await page.getByText('They go from 0 to 2.', { exact: true }).waitFor()
    await go(`#/coffee/streams/order-${orderId}?at=99`)
    await page.getByText('There is no version ‘99’ here').waitFor()
    await page.getByRole('heading', { name: 'State at version 2' }).waitFor()
    expect(page.url()).not.toContain('at=')
  })

  test('that is not there is said not to be', async () => {
    await go('#/coffee/streams/order-none')
    await page.getByText('There is no such stream').waitFor()
  })
})

test('a document is seen after each event that made it', async () => {
  await go('#/coffee/projections/orders/documents')
  await page.getByRole('link', { name: orderId }).click()
  await page
    .getByText('Added: "status": "ORDER_IN_PROGRESS"')
    .or(page.getByText('"status": "ORDER_IN_PROGRESS"'))
    .first()
    .waitFor()
  const steps = page.getByRole('region', { name: 'Events that touched it' }).getByRole('button')
  expect(await steps.count()).toBeGreaterThan(2)
  await steps.first().click()
  await page.getByText('Added: "status": "ORDER_CREATED"').waitFor()
  expect(page.url()).toContain('at=1')
})

test('the tail shows what was recorded, also while nobody looked, holds back while it is paused, and leads to the stream', async () => {
  await go('#/coffee/events?type=Placed')
  await page.getByText('Waiting for events').waitFor()
  const eventOf = (id: string) => page.getByRole('link', { name: `order-${id}@1`, exact: true })
  const first = await placeOrder('Grace')
  await eventOf(first.id).waitFor()
  await page.keyboard.press('Space')
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/events?'))
  await turn('hidden')
  await ended
  const second = await placeOrder('Edsger')
  await turn('visible')
  const held = page.getByRole('button', { name: '1 new since it was paused' })
  await held.waitFor()
  expect(await eventOf(second.id).count()).toBe(0)
  await held.click()
  await page
    .getByRole('link', { name: `order-${second.id}@1` })
    .first()
    .click()
  await titleOf(page, `order-${second.id}`).waitFor()
})

test('the story of a coffee is told from the request to its fulfilment, as a picture and as a list', async () => {
  await go(`#/coffee/streams/order-${orderId}?at=2`)
  await page.getByRole('link', { name: 'Causation' }).click()
  const picture = page.getByRole('group', { name: /What led to what/ })
  const part = (name: RegExp) => picture.getByRole('link', { name })
  await part(/^policy: fulfil-order/).waitFor()
  expect(await picture.getByRole('img', { name: /^request/ }).count()).toBe(1)
  const parts = [/^command: payment.create/, /^policy: charge-card/, /^event: Succeeded/, /^event: PaymentConfirmed/]
  for (const name of parts) expect(await part(name).count(), String(name)).toBe(1)
  await part(/^event: PaymentConfirmed/).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await titleOf(page, `order-${orderId}`).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'List' }).click()
  await page.getByRole('row', { name: /policy fulfil-order/ }).waitFor()
})

const screens = () =>
  [
    ['', 'Overview'],
    ['#/coffee/streams', 'Streams'],
    [`#/coffee/streams/order-${orderId}?at=2`, `order-${orderId}`],
    [`#/coffee/streams/order-${orderId}/2/causation`, 'Causation'],
    ['#/coffee/events', 'Live tail'],
    ['#/coffee/projections', 'Projections'],
    ['#/coffee/projections/orders', 'orders'],
    ['#/coffee/projections/orders/documents', 'Documents'],
    [`#/coffee/projections/orders/documents/${orderId}`, orderId],
    ['#/coffee/policies', 'Policies'],
    ['#/coffee/timers', 'Timers'],
    ['#/coffee/dead-letters', 'Dead letters'],
  ] as const

test('nothing keeps anybody out, in light', async () => {
  for (const [address, title] of screens()) {
    await see(address, title)
    expect(await barriers(page), address).toEqual([])
  }
})

test('nor in dark, where there are colours', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const [address, title] of screens().slice(0, 5)) {
    await see(address, title)
    expect(await barriers(page), address).toEqual([])
  }
})

test('every screen fits a narrow window', async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  for (const [address, title] of screens()) {
    await see(address, title)
    expect(await page.evaluate('document.documentElement.scrollWidth'), address).toBe(360)
  }
  await page.setViewportSize({ width: 280, height: 740 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(280)
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Timers' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Timers' }).waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('link', { name: 'Timers' }).click()
  await titleOf(page, 'Timers').waitFor()
})

test('what is loaded first is small', async () => {
  const html = await (await fetch(`${site.url}/console/`)).text()
  const scripts = Array.from(html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g), ([, path]) => path)
  const texts = await Promise.all(scripts.map(async (path) => (await fetch(`${site.url}/console/${path}`)).text()))
  const bytes = texts.map((text) => gzipSync(text).length).reduce((sum, size) => sum + size, 0)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(60_000)
})

test('nothing was forbidden or failed on the pages', () => {
  expect(site.complaints).toEqual([])
})
