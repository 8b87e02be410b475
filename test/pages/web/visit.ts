import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { keys, type Site } from '../site.ts'
import { customer } from './example.ts'

/** Not every machine that tests has a language that browsers know. What stands still needs no time to be painted. */
const plain: BrowserContextOptions = { locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' }

/** A page of the examples, such as `coffee/board`, for somebody who has not been here before. */
export function visit(site: Site, address: string, options: BrowserContextOptions = {}): Promise<Page> {
  return site.visit(`/#/${address}`, { ...plain, ...options })
}

/** The same for somebody who has been here before: with a key for the inventory, and with orders of coffee. */
export async function visitAgain(site: Site, address: string, options: BrowserContextOptions = {}): Promise<Page> {
  const origins = [
    { origin: site.url, localStorage: Object.entries(customer).map(([name, value]) => ({ name, value })) },
  ]
  const page = await visit(site, '', { storageState: { cookies: [], origins }, ...options })
  await page.evaluate(`sessionStorage.setItem('weir-inventory-key', '${keys.apiKey}')`)
  await page.goto(`${site.url}/#/${address}`)
  return page
}

/** The title of the page that is shown. */
export function titleOf(page: Page, title: string): Locator {
  return page.getByRole('heading', { level: 1, name: title, exact: true })
}

export const button = (page: Page | Locator, name: string): Locator => page.getByRole('button', { name, exact: true })

export async function leave(...pages: Page[]): Promise<void> {
  await Promise.all(pages.map((page) => page.context().close()))
}

/** Has the server refuse what goes to these addresses, when what is returned is called, and not before. */
export async function refusing(
  page: Page,
  addresses: string,
  problem: { readonly status: number },
): Promise<() => void> {
  const { promise: asked, resolve: refuse } = Promise.withResolvers<void>()
  await page.route(addresses, async (route) => {
    await asked
    const { status } = problem
    await route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  return refuse
}
