import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, test, vi } from 'vitest'
import type { Runtime } from 'weir/runtime'
import { root } from '../e2e/weir.ts'
import { atPace, bank, broken, openAccounts, pace, payInto } from './bank.ts'
import { openConsole, titleOf } from './console.ts'
import { keys, openSite, type Site } from './site.ts'

/** Takes the pictures of the guide: `SCREENSHOTS=1 npx vitest run test/pages/console-screenshots.test.ts`. */

const folder = join(root, 'docs/screenshots')

/** Enough of each application that its screens have something to show; answers an order that was paid. */
async function fill(site: Site): Promise<string> {
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': keys.apiKey }
    const answer = await fetch(site.url + path, { method, headers, body: JSON.stringify(body) })
    return (await answer.json()) as { id: string }
  }
  const names = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan', 'Margaret']
  const orders = await Promise.all(
    Array.from({ length: 24 }, (_, index) => {
      const customerName = names[index % names.length]
      return send('POST', '/coffee/order', {
        coffeeId: `${(index % 3) + 1}`,
        customerId: `c-${index % 6}`,
        customerName,
      })
    }),
  )
  for (const [index, { id: orderId }] of orders.entries()) {
    const paymentMethod = index % 7 === 3 ? 'card_declined' : 'card_ok'
    if (index % 4 !== 1) await send('POST', '/coffee/payment', { orderId, paymentMethod })
  }
  const { id: concertId } = await send('POST', '/box-office/concerts', {
    name: 'Moonlight Sonata',
    date: '2030-06-01',
    venue: 'Old Town Hall',
    availableTickets: 100,
    ticketPrice: 25,
  })
  await send('POST', '/box-office/tickets', { concertId, customerName: 'Ada', customerEmail: 'ada@example.com' })
  const { id } = await send('POST', '/helpdesk/tickets', { title: 'The printer is on fire', description: 'It burns.' })
  await send('PUT', `/helpdesk/tickets/${id}`, { status: 'in_progress' })
  const order = orders[0]?.id as string
  const { operations } = site.runtimes.get('coffee') as Runtime
  await vi.waitFor(async () => {
    if ((await operations.stream(`order-${order}`)).version < 2) throw new Error('not yet')
  })
  return order
}

describe.runIf(process.env.SCREENSHOTS === '1')('pictures', () => {
  test('of every screen', async () => {
    mkdirSync(folder, { recursive: true })
    const site = await openSite({ more: [bank], engineOf: atPace })
    const runtime = site.runtimes.get('bank') as Runtime
    await openAccounts(runtime, 3000, 'saver')
    await runtime.settled()
    for (const account of ['ada', 'grace']) broken.add(account)
    for (const account of ['ada', 'grace', 'edsger']) await payInto(runtime, account, 3)
    const order = await fill(site)

    const page = await openConsole(site, '')
    const shoot = (name: string, of: Page = page) => of.screenshot({ path: join(folder, `console-${name}.png`) })
    const see = async (address: string, title: string) => {
      await page.goto(`${site.url}/console/${address}`)
      await titleOf(page, title).waitFor()
      await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' })
    }

    await titleOf(page, 'Overview').waitFor()
    await page.getByText('Needs attention').waitFor()
    await shoot('overview')
    await see('#/coffee/streams?prefix=order-', 'Streams')
    await shoot('streams')
    await see(`#/coffee/streams/order-${order}?at=2`, `order-${order}`)
    await page.getByText('Added: "status": "paid"').waitFor()
    await shoot('stream')
    await see(`#/coffee/streams/order-${order}/2/causation`, 'Causation')
    await page.getByRole('group', { name: /What led to what/ }).waitFor()
    await shoot('causation')
    await see('#/coffee/events', 'Live tail')
    await page.getByText('Waiting for events').waitFor()
    await fill(site)
    await page
      .getByRole('button', { name: /^Data:/ })
      .nth(3)
      .click()
    await shoot('tail')
    await see('#/coffee/projections/orders/documents', 'Documents')
    await shoot('documents')
    await see(`#/coffee/projections/orders/documents/${order}`, order)
    await page.getByRole('region', { name: 'Events that touched it' }).waitFor()
    await shoot('document')
    await see('#/coffee/projections', 'Projections')
    await shoot('projections')
    await see('#/coffee/policies', 'Policies')
    await shoot('policies')
    await see('#/coffee/timers', 'Timers')
    await shoot('timers')
    await see('#/bank/dead-letters', 'Dead letters')
    await page.getByText('The event', { exact: true }).first().click()
    await shoot('dead-letters')
    await page.getByRole('button', { name: 'Discard' }).first().click()
    await page.getByLabel('Reason').fill('Paid in a test, and not for real')
    await shoot('discard')
    await page.getByRole('button', { name: 'Leave as it is' }).click()

    await see('#/bank/projections/balances', 'balances')
    pace.milliseconds = 3000
    for (const owner of ['lender', 'borrower', 'merchant']) {
      await openAccounts(runtime, 700, owner)
      await page.getByText(/Now [1-9][\d,]* events behind/).waitFor()
    }
    pace.milliseconds = 300
    await page.getByText('Now 0 events behind').waitFor()
    await page.getByRole('button', { name: 'Rebuild' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rebuild' }).click()
    await page
      .getByText(/[1-9]\d %/)
      .first()
      .waitFor()
    await shoot('rebuild')
    pace.milliseconds = 0

    await page.keyboard.press('Control+k')
    await page.getByLabel('Stream, id of an aggregate, or page').fill('account-')
    await page
      .getByRole('option', { name: /account-/ })
      .first()
      .waitFor()
    await shoot('palette')
    await page.keyboard.press('Escape')

    await page.emulateMedia({ colorScheme: 'dark' })
    await see('', 'Overview')
    await shoot('overview-dark')
    await see(`#/coffee/streams/order-${order}?at=2`, `order-${order}`)
    await page.getByText('Added: "status": "paid"').waitFor()
    await shoot('stream-dark')
    await see(`#/coffee/streams/order-${order}/2/causation`, 'Causation')
    await page.getByRole('group', { name: /What led to what/ }).waitFor()
    await shoot('causation-dark')

    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 360, height: 740 })
    await see('', 'Overview')
    await shoot('narrow')
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await titleOf(page, 'Sign in').waitFor()
    await shoot('sign-in')
    await site.close()
  })
})
