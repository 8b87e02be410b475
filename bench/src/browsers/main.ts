import { parseArgs } from 'node:util'
import { openBrowser } from '@weir/test-browser'
import type { Browser, Page } from 'playwright-core'
import { inTemporaryFolder, percentile } from '../measure.ts'
import { completeFirst, loadedScripts, showsToMake } from './in-page.ts'
import { orderAndPay, type Site, startSite } from './server.ts'

const HELP = `Makes changes in one browser and measures when another one shows them; and what the first page loads.

  npm run bench:browsers                 30 changes
  npm run bench:browsers -- --changes 100
  npm run bench:browsers -- --port 4100  if 4179 is taken`

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '30' },
    port: { type: 'string', default: '4179' },
    help: { type: 'boolean', default: false },
  },
})

const BOARD = '/#/coffee/board'
const LARGEST_SCRIPT = 60
const LONGEST = 300

async function main(directory: string): Promise<void> {
  const site = await startSite(directory, Number(values.port))
  const browser = await openBrowser()
  try {
    await sayWhatIsLoaded(browser, site)
    const delays = await delaysOf(browser, site, Number(values.changes))
    const [half, longest] = [0.5, 1].map((share) => percentile(delays, share)) as [number, number]
    const words = `${delays.length} changes in one browser, seen in another: p50 ${half.toFixed(0)} ms, longest ${longest.toFixed(0)} ms`
    judge(words, longest, LONGEST)
  } finally {
    await browser.close()
    site.stop()
  }
}

/** As it comes over the network, compressed, into an empty cache. */
async function sayWhatIsLoaded(browser: Browser, { url }: Site): Promise<void> {
  const page = await visit(browser, `${url}/`)
  const scripts = await page.evaluate<number[]>(loadedScripts)
  const kilobytes = scripts.reduce((sum, size) => sum + size, 0) / 1000
  judge(`the first page loads ${kilobytes.toFixed(1)} KB of JavaScript`, kilobytes, LARGEST_SCRIPT)
  await page.context().close()
}

/** Milliseconds from a click in one browser until the other shows what it did. */
async function delaysOf(browser: Browser, { url }: Site, changes: number): Promise<number[]> {
  for (let index = 0; index < changes; index += 1) await orderAndPay(url, `Guest ${index}`)
  const [one, other] = [await visit(browser, url + BOARD), await visit(browser, url + BOARD)]
  const delays: number[] = []
  for (let left = changes; left > 0; left -= 1) {
    await Promise.all([one, other].map((page) => page.evaluate(showsToMake(left))))
    const seen = other.evaluate<number>(showsToMake(left - 1))
    const clicked = await one.evaluate<number>(completeFirst)
    delays.push((await seen) - clicked)
  }
  return delays
}

async function visit(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(url, { waitUntil: 'load' })
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Whoever runs it by a program learns from the exit code whether all is as wanted. */
function judge(what: string, figure: number, limit: number): void {
  const isMet = figure < limit
  say(`${what} (wanted: less than ${limit}; ${isMet ? 'met' : 'MISSED'})`)
  if (!isMet) process.exitCode = 1
}

function say(what: string): void {
  process.stdout.write(`${what}\n`)
}

if (values.help) say(HELP)
else await inTemporaryFolder(main)
