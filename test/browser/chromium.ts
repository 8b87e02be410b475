import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/** What of the packaged browser's flags pages are tested without: they would hide faults that a person's browser shows. */
const unwanted = ['--disable-web-security', '--single-process', '--allow-running-insecure-content', '--no-zygote']

/**
 * A real Chromium: the one at `CHROMIUM_PATH`, or else the one that comes with npm.
 *
 * @example const browser = await openBrowser()
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath())
  const args = chromium.args.filter((flag) => !unwanted.includes(flag) && !flag.startsWith('--headless'))
  return playwright.launch({ executablePath, args, headless: true })
}
