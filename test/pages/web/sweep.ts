import { gzipSync } from 'node:zlib'
import { barriers } from '@weir/test-browser'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Site } from '../site.ts'
import { callersOf, type Example } from './example.ts'
import { leave, titleOf, visit, visitAgain } from './visit.ts'

/** Every page there is: its address and its title. */
function addresses({ ticketId, concertId, orderId }: Example): readonly (readonly [string, string])[] {
  return [
    ['', 'Four applications that remember everything'],
    ['helpdesk', 'Tickets'],
    ['helpdesk/new', 'New ticket'],
    [`helpdesk/tickets/${ticketId}`, 'The printer is on fire'],
    [`helpdesk/tickets/${ticketId}/edit`, 'Edit the ticket'],
    ['inventory', 'Stock'],
    ['box-office', 'Concerts'],
    [`box-office/concerts/${concertId}`, 'The Goldberg Variations'],
    ['box-office/tickets?email=ada@example.com', 'My tickets'],
    ['box-office/new', 'New concert'],
    ['coffee', 'What would you like?'],
    [`coffee/orders/${orderId}`, 'Mocha'],
    ['coffee/orders', 'My orders'],
    ['coffee/board', 'Barista’s board'],
    ['nowhere', 'There is no such page'],
  ]
}

async function overflowOf(page: Page): Promise<unknown[]> {
  const pixels = (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number
  return pixels > 0 ? [`is ${pixels} pixels too wide`] : []
}

const LONG = 'W'.repeat(200)

/** Pages on which a word stands that is longer than they are wide: their addresses and the word. */
async function longWords(site: Site): Promise<readonly (readonly [string, string])[]> {
  const { helpdesk, boxOffice, coffee } = callersOf(site)
  const [{ id: ticketId }, { id: concertId }, { id: orderId }] = await Promise.all([
    helpdesk.post('/tickets', { title: LONG, description: LONG }),
    boxOffice.post('/concerts', { name: LONG, date: '2030-08-01', venue: LONG, availableTickets: 9, ticketPrice: 9 }),
    coffee.post('/order', { coffeeId: '1', customerId: 'ada', customerName: LONG }),
  ])
  await coffee.post('/payment', { orderId })
  await boxOffice.post('/tickets', { concertId, customerName: LONG, customerEmail: 'long@example.com' })
  return [
    'helpdesk',
    `helpdesk/tickets/${ticketId}`,
    `helpdesk/tickets/${ticketId}/edit`,
    'box-office',
    `box-office/concerts/${concertId}`,
    'box-office/tickets?email=long@example.com',
    'coffee/orders',
    `coffee/orders/${orderId}`,
    'coffee/board',
  ].map((address) => [address, LONG])
}

export function sweep(site: () => Site, example: () => Example): void {
  describe('all pages', () => {
    /** What is found on each page by who has such a screen. */
    const faults = async (options: BrowserContextOptions, find: (page: Page) => Promise<unknown[]>) => {
      const page = await visitAgain(site(), '', options)
      const found: unknown[] = []
      for (const [address, title] of addresses(example())) {
        await page.goto(`${site().url}/#/${address}`)
        await titleOf(page, title).waitFor()
        // What is still fading in has no contrast yet.
        await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished))')
        for (const fault of await find(page)) found.push([address, fault])
      }
      await leave(page)
      return found
    }

    test('keep nobody out, in light and in dark, and complain of nothing', async () => {
      expect(await faults({ colorScheme: 'light' }, (page) => barriers(page))).toEqual([])
      expect(await faults({ colorScheme: 'dark' }, (page) => barriers(page, ['color-contrast']))).toEqual([])
      expect(site().complaints).toEqual([])
    })

    test('fit a small screen', async () => {
      expect(await faults({ viewport: { width: 360, height: 740 } }, overflowOf)).toEqual([])
    })

    test('hold words of any length', async () => {
      const page = await visitAgain(site(), '')
      const tooWide: unknown[] = []
      for (const [address, text] of await longWords(site())) {
        await page.goto(`${site().url}/#/${address}`)
        await page.getByText(text).first().waitFor()
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 740 })
          for (const fault of await overflowOf(page)) tooWide.push([address, width, fault])
        }
      }
      expect(tooWide).toEqual([])
      await leave(page)
    })

    test('are there where nothing may be stored', async () => {
      const page = await site().visit('/favicon.ico')
      await page.addInitScript(
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get() { throw new DOMException('Forbidden', 'SecurityError') } })",
      )
      for (const [address, title] of [
        ['coffee', 'What would you like?'],
        ['box-office/tickets', 'My tickets'],
        ['inventory', 'Enter the API key'],
        ['helpdesk/new', 'New ticket'],
      ] as const) {
        await page.goto(`${site().url}/#/${address}`)
        await titleOf(page, title).waitFor()
      }
      await leave(page)
    })

    test('begin with less than 60 KB of scripts', async () => {
      const page = await site().visit('/favicon.ico')
      const scripts: Promise<number>[] = []
      page.on('response', (answer) => {
        if (answer.url().endsWith('.js')) scripts.push(answer.body().then((body) => gzipSync(body).length))
      })
      await page.goto(`${site().url}/`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const sizes = await Promise.all(scripts)
      expect(sizes.length).toBeGreaterThan(0)
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000)
      await leave(page)
    })

    test('keep the colours that somebody has chosen', async () => {
      const page = await visit(site(), 'coffee', { colorScheme: 'light' })
      const ground = () => page.evaluate("getComputedStyle(document.querySelector('#pages')).backgroundColor")
      const light = await ground()
      await page.getByRole('button', { name: 'Change to light' }).click()
      await page.getByRole('button', { name: 'Change to dark' }).click()
      await page.reload()
      await page.getByRole('button', { name: 'Colours: dark' }).waitFor()
      expect(await ground()).not.toBe(light)
      await leave(page)
    })

    test('say when the connection is lost, and go on when it is back', async () => {
      const page = await visit(site(), 'helpdesk')
      await titleOf(page, 'Tickets').waitFor()
      await page.route('**/helpdesk/tickets?*', (route) => route.abort())
      await page.getByRole('link', { name: 'In progress', exact: true }).click()
      await page.getByText('The connection is lost.').waitFor()
      await page.unroute('**/helpdesk/tickets?*')
      await page.getByText('Live', { exact: true }).waitFor()
      await page.getByText('The connection is lost.').waitFor({ state: 'detached' })
      await leave(page)
    })

    test('keep no connection while nobody looks, and show how it is to who looks again', async () => {
      const page = await visit(site(), 'helpdesk?status=open')
      await page.getByText('Live', { exact: true }).waitFor()
      const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/helpdesk/tickets?'))
      const look = (state: string) =>
        page.evaluate(
          `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
        )
      await look('hidden')
      await ended
      await callersOf(site()).helpdesk.post('/tickets', { title: 'Nobody looks' })
      await look('visible')
      await page.getByRole('link', { name: 'Nobody looks' }).waitFor()
      await leave(page)
    })

    test('let who uses the keyboard go to the content at once', async () => {
      const page = await visit(site(), 'coffee')
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      expect(await page.evaluate('document.activeElement?.id')).toBe('main')
      expect(page.url()).toMatch(/#\/coffee$/)
      await leave(page)
    })
  })
}
