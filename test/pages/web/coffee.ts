import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Site } from '../site.ts'
import { button, leave, refusing, titleOf, visit } from './visit.ts'

/** Orders a mocha under this name; the page is then that of the order. */
async function order(site: Site, name: string): Promise<Page> {
  const page = await visit(site, 'coffee')
  await page.getByLabel('Your name').fill(name)
  await button(page, 'Order Mocha').click()
  await page.getByText('To be paid').waitFor()
  return page
}

async function pay(page: Page, card: string): Promise<void> {
  await page.getByLabel(card).check()
  await button(page, 'Pay €4.50').click()
}

const onBoard = (board: Page, name: string) => board.getByRole('article').filter({ hasText: `for ${name},` })

export function coffeePages(site: () => Site): void {
  describe('coffee', () => {
    test('is ordered, paid, made and handed out before the eyes of both', async () => {
      const board = await visit(site(), 'coffee/board')
      const page = await order(site(), 'Hedy')
      await pay(page, 'A card that works')
      await page.getByText('It is being made').waitFor()
      await onBoard(board, 'Hedy').getByRole('button', { name: 'Complete' }).click()
      await page.getByText('Ready at the counter').waitFor()
      await page.getByRole('link', { name: 'My orders' }).first().click()
      await page.getByRole('link', { name: /Mocha for Hedy.*Ready/ }).waitFor()
      await leave(page, board)
    })

    test('is not made without a name, or with a card that is declined', async () => {
      const nobody = await visit(site(), 'coffee')
      await button(nobody, 'Order Latte').click()
      await nobody.getByText('please tell us').waitFor()
      expect(await nobody.evaluate('document.activeElement?.labels?.[0]?.textContent?.trim()')).toBe('Your name')
      const page = await order(site(), 'Ken')
      await pay(page, 'A card without money')
      await page.getByText('Cancelled', { exact: true }).waitFor()
      await leave(page, nobody)
    })

    test('that cannot be made is given back, with the reason', async () => {
      const board = await visit(site(), 'coffee/board')
      const page = await order(site(), 'Joan')
      await pay(page, 'A card that works')
      const card = onBoard(board, 'Joan')
      await card.getByRole('button', { name: 'Reject' }).click()
      await board.keyboard.press('Escape')
      await card.getByRole('button', { name: 'Complete' }).waitFor()
      await board.keyboard.press('Enter')
      await card.getByLabel('Why can it not be made?').fill('The machine is hot')
      await button(card, 'Reject').click()
      await page.getByText('The money was given back').waitFor()
      await page.getByText('“The machine is hot”').waitFor()
      await leave(page, board)
    })

    test('comes back to the board when it cannot be closed', async () => {
      const board = await visit(site(), 'coffee/board')
      const page = await order(site(), 'Rosa')
      await pay(page, 'A card that works')
      const card = onBoard(board, 'Rosa')
      await card.waitFor()
      const refused = { code: 'fulfilment-rejected', title: 'This fulfilment is rejected already', status: 409 }
      const refuse = await refusing(board, '**/coffee/fulfilment/*', refused)
      await board.clock.install()
      await card.getByRole('button', { name: 'Complete' }).click()
      await card.waitFor({ state: 'detached' })
      const decided = board
        .getByRole('region', { name: 'Closed lately' })
        .getByRole('listitem')
        .filter({ hasText: 'Rosa' })
      await decided.getByText('Saving…').waitFor()
      await board.clock.fastForward(5000)
      await decided.getByText('Not saved yet').waitFor()
      refuse()
      await board.getByText('Mocha for Rosa is back on the board').waitFor()
      await card.waitFor()
      await leave(page, board)
    })

    test('is cancelled by who has ordered it', async () => {
      const page = await order(site(), 'Mary')
      await titleOf(page, 'Mocha').waitFor()
      await button(page, 'Cancel the order').click()
      await page.getByText('Nothing was charged').waitFor()
      await leave(page)
    })
  })
}
