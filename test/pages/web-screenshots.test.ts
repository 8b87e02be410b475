import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { describe, test } from 'vitest'
import { root } from '../e2e/weir.ts'
import { openSite } from './site.ts'
import { type Example, fillIn } from './web/example.ts'
import { leave, visitAgain } from './web/visit.ts'

/** Takes the pictures of the guide: `SCREENSHOTS=1 npx vitest run test/pages/web-screenshots.test.ts`. */

const folder = join(root, 'docs/screenshots')

const dark: BrowserContextOptions = { colorScheme: 'dark' }
const small: BrowserContextOptions = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 }

const pictures = ({ ticketId, concertId, orderId }: Example) =>
  [
    ['start', ''],
    ['start-dark', '', dark],
    ['start-small', '', small],
    ['helpdesk', 'helpdesk'],
    ['new-ticket', 'helpdesk/new'],
    ['ticket', `helpdesk/tickets/${ticketId}`],
    ['ticket-dark', `helpdesk/tickets/${ticketId}`, dark],
    ['edit-small', `helpdesk/tickets/${ticketId}/edit`, small],
    ['inventory', 'inventory'],
    ['inventory-dark', 'inventory', dark],
    ['box-office', 'box-office'],
    ['concert', `box-office/concerts/${concertId}`],
    ['concert-small-dark', `box-office/concerts/${concertId}`, { ...small, ...dark }],
    ['my-tickets', 'box-office/tickets?email=ada@example.com'],
    ['new-concert', 'box-office/new'],
    ['coffee', 'coffee'],
    ['order', `coffee/orders/${orderId}`],
    ['orders', 'coffee/orders'],
    ['board', 'coffee/board'],
    ['board-dark', 'coffee/board', dark],
    ['board-small-dark', 'coffee/board', { ...small, ...dark }],
  ] as const

describe.runIf(process.env.SCREENSHOTS === '1')('pictures', () => {
  test('of every page', async () => {
    mkdirSync(folder, { recursive: true })
    const site = await openSite()
    const example = await fillIn(site)
    for (const [name, address, options = {}] of pictures(example)) {
      const page = await visitAgain(site, address, options)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('load')
      await page.locator('main [role=status] .hidden').first().waitFor({ state: 'detached' })
      await page.screenshot({ path: join(folder, `web-${name}.png`) })
      await leave(page)
    }
    await site.close()
  })
})
