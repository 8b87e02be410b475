import { barriers } from '@weir/test-browser'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Runtime } from 'weir/runtime'
import { atPace, bank, broken, openAccounts, pace, payInto } from './bank.ts'
import { focused, openConsole, signIn, titleOf } from './console.ts'
import { keys, openSite, type Site } from './site.ts'

/** What operators do in the console, and what readers cannot. */

let site: Site
let runtime: Runtime

beforeAll(async () => {
  site = await openSite({ more: [bank], engineOf: atPace })
  runtime = site.runtimes.get('bank') as Runtime
})

afterAll(async () => {
  await site.close()
})

beforeEach(() => {
  broken.clear()
  pace.milliseconds = 0
})

const generation = async () => (await runtime.operations.projections())[0]?.generation

describe('who comes', () => {
  test('with a wrong key is told so, and where keys come from', async () => {
    const page = await openConsole(site, '', { key: 'wrong' })
    await page.getByRole('alert').getByText('neither an operator’s nor a reader’s key').waitFor()
    expect(await barriers(page)).toEqual([])
    expect(await page.getByText('WEIR_OPERATOR_KEY').isVisible()).toBe(true)
    await signIn(page, 'schlüssel')
    await page.getByText('letters, digits and signs of ASCII only').waitFor()
    await page.context().close()
  })

  test('as an operator sees all applications, and is known until they sign out', async () => {
    const page = await openConsole(site, '')
    await titleOf(page, 'Overview').waitFor()
    for (const name of ['Coffee', 'Box office', 'Helpdesk', 'Inventory', 'bank'])
      await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.reload()
    await titleOf(page, 'Overview').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await titleOf(page, 'Sign in').waitFor()
    await page.reload()
    await titleOf(page, 'Sign in').waitFor()
    await page.context().close()
  })

  test('is let in where the browser keeps nothing', async () => {
    const page = await site.visit('/console/')
    const blocked = "{ get() { throw new DOMException('It is blocked', 'SecurityError') } }"
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, ${blocked})`)
    await page.reload()
    await signIn(page, keys.operatorKey)
    await titleOf(page, 'Overview').waitFor()
    await page.context().close()
  })

  test('as a reader sees everything, and why nothing can be done', async () => {
    const page = await openConsole(site, '#/bank/projections/balances', { key: keys.readerKey })
    const rebuild = page.getByRole('button', { name: 'Rebuild' })
    await rebuild.waitFor()
    expect(await rebuild.getAttribute('aria-disabled')).toBe('true')
    expect(await rebuild.getAttribute('title')).toContain('Needs an operator')
    await rebuild.click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.context().close()
  })

  test('with a key that is taken back signs in again, and is where they were', async () => {
    const page = await openConsole(site, '#/coffee/timers')
    await titleOf(page, 'Timers').waitFor()
    const refused = { status: 403, json: { code: 'operator-key-wrong', title: 'The key is not one' } }
    await page.route('**/ops/coffee/**', (route) => route.fulfill(refused))
    await page.getByText('The key is not good any more').waitFor()
    await page.unroute('**/ops/coffee/**')
    await signIn(page, keys.operatorKey)
    await titleOf(page, 'Timers').waitFor()
    await page.context().close()
  })
})

test('a read model is rebuilt in sight, stopped, gone on with, and rolled back', async () => {
  await openAccounts(runtime, 1500, 'saver')
  await runtime.settled()
  pace.milliseconds = 300
  const page = await openConsole(site, '#/bank/projections/balances')
  await page.getByRole('button', { name: 'Rebuild' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.textContent()).toContain('The one that serves now serves meanwhile')
  await dialog.getByRole('button', { name: 'Rebuild' }).click()
  await page.getByText('Folding').waitFor()
  await page.getByRole('progressbar').waitFor()
  await expect.poll(() => focused(page)).toBe('Stop')
  await page
    .getByRole('img', { name: /^Chart of events behind/ })
    .locator('canvas')
    .waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByRole('button', { name: 'Stop the rebuild' }).click()
  await page.getByRole('button', { name: 'Go on' }).waitFor()
  expect(await generation()).toBe(1)
  pace.milliseconds = 0
  await page.getByRole('button', { name: 'Go on' }).click()
  await dialog.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('generation 2').first().waitFor()
  await page.getByText('1,500 of 1,500 events').waitFor()
  expect(await generation()).toBe(2)
  await page.getByRole('button', { name: 'Roll back to generation 1' }).click()
  expect(await dialog.textContent()).toContain('is brought up to date')
  await dialog.getByRole('button', { name: 'Roll back' }).click()
  await page.getByRole('button', { name: 'Roll back to generation 2' }).waitFor()
  expect(await generation()).toBe(1)
  await page.context().close()
})

test('a rebuild that would park a stream waits until that is accepted by name', async () => {
  await payInto(runtime, 'odd', 1)
  const before = (await generation()) as number
  broken.add('odd')
  const page = await openConsole(site, '#/bank/projections/balances')
  await page.getByRole('button', { name: 'Rebuild' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Rebuild' }).click()
  await page.getByText('Blocked: it has caught up').waitFor()
  expect(await page.getByRole('button', { name: 'Accept' }).getAttribute('aria-disabled')).toBe('true')
  await page.getByRole('checkbox', { name: 'account-odd' }).check()
  await page.getByRole('button', { name: 'Accept 1 stream' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
  await expect.poll(generation, { timeout: 30_000 }).toBeGreaterThan(before)
  await page.getByText('1 stream parked').first().waitFor()
  broken.clear()
  await runtime.operations.retry('balances', { stream: 'account-odd' })
  await page.context().close()
})

test('dead letters are retried, and discarded for a reason that is recorded', async () => {
  for (const account of ['a', 'b']) broken.add(account)
  for (const account of ['a', 'b']) await payInto(runtime, account, 1)
  const page = await openConsole(site, '#/bank/dead-letters')
  const letter = (stream: string) => page.getByRole('article').filter({ hasText: stream })
  await letter('account-a@2').getByText('the rate of a is not known').waitFor()
  await letter('account-a@2').getByText('The event', { exact: true }).click()
  await letter('account-a@2').getByText('"amount"').waitFor()
  await letter('account-a@2').getByRole('button', { name: 'Retry' }).click()
  await page.getByText('failed again, and is parked as before').waitFor()
  broken.delete('a')
  await letter('account-a@2').getByRole('button', { name: 'Retry' }).click()
  await page.getByText('account-a@2: applied').waitFor()
  expect(await page.getByText('failed again').count()).toBe(0)
  await letter('account-a@2').waitFor({ state: 'detached' })

  await letter('account-b@2').getByRole('button', { name: 'Discard' }).click()
  const dialog = page.getByRole('dialog')
  expect(await barriers(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Discard' }).click()
  expect(await runtime.operations.discarded()).toEqual([])
  await dialog.getByLabel('Reason').fill('Paid in a test')
  await dialog.getByRole('button', { name: 'Discard' }).click()
  await page.getByText('There are no dead letters').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
  await page.getByRole('link', { name: 'Discarded' }).click()
  await page.getByRole('row', { name: /account-b@2.*Paid in a test.*operator:/ }).waitFor()
  await page.context().close()
})

test('nothing was forbidden or failed on the pages', () => {
  expect(site.complaints).toEqual([])
})
