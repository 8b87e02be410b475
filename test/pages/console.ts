import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { keys, type Site } from './site.ts'

export interface ConsoleOptions extends BrowserContextOptions {
  readonly key?: string
}

/** The console at an address of it, such as `#/coffee/streams`, for somebody who has signed in. */
export async function openConsole(site: Site, address: string, options: ConsoleOptions = {}): Promise<Page> {
  const { key = keys.operatorKey, ...context } = options
  const page = await site.visit(`/console/${address}`, context)
  await signIn(page, key)
  return page
}

/** Signs in where one is asked to. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('Operator’s or reader’s key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The name or text of what the keyboard is on. */
export function focused(page: Page): Promise<string> {
  return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText?.trim() ?? ''")
}

/** The title of the screen that is shown. */
export function titleOf(page: Page, title: string): Locator {
  return page.getByRole('heading', { level: 1, name: title })
}
