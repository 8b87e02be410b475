import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Site } from '../site.ts'
import { callersOf } from './example.ts'
import { button, leave, titleOf, visit } from './visit.ts'

/** Goes on with the keyboard to what has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 30; steps += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(
      "const at = document.activeElement; at?.labels?.[0]?.textContent ?? at?.textContent ?? ''",
    )
    if (String(focused).trim().startsWith(name)) return
  }
  throw new Error(`The keyboard does not lead to '${name}'`)
}

export function helpdeskPages(site: () => Site): void {
  describe('the helpdesk', () => {
    test('takes a ticket from the keyboard alone, which others see at once', async () => {
      const other = await visit(site(), 'helpdesk?status=open')
      await titleOf(other, 'Tickets').waitFor()
      const page = await visit(site(), 'helpdesk/new')
      await titleOf(page, 'New ticket').waitFor()
      await tabTo(page, 'Title')
      await page.keyboard.type('The lift talks')
      await tabTo(page, 'Description')
      await page.keyboard.type('To everybody.')
      await tabTo(page, 'Normal')
      await page.keyboard.press('ArrowRight')
      await tabTo(page, 'Submit')
      await page.keyboard.press('Enter')
      await titleOf(page, 'The lift talks').waitFor()
      await page.getByText('To everybody.').waitFor()
      expect(await page.evaluate('document.activeElement?.textContent')).toBe('The lift talks')
      const row = other.getByRole('link', { name: 'The lift talks' })
      await row.getByText('High').waitFor()
      await leave(page, other)
    })

    test('shows both people what one of them does, and what happened', async () => {
      const { id } = await callersOf(site()).helpdesk.post('/tickets', { title: 'The door is locked' })
      const [page, other] = await Promise.all([
        visit(site(), `helpdesk/tickets/${id}`),
        visit(site(), 'helpdesk?status=open'),
      ])
      const row = other.getByRole('link', { name: 'The door is locked' })
      await row.waitFor()
      await button(page, 'Start work').click()
      await row.waitFor({ state: 'detached' })
      await page.getByRole('listitem').filter({ hasText: 'Status Open → In progress' }).waitFor()
      await button(page, 'Close for good').click()
      await page.keyboard.press('Escape')
      await button(page, 'Close for good').waitFor()
      await page.keyboard.press('Enter')
      await button(page, 'Close it').click()
      await page.getByText('it stays as it is').waitFor()
      expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0)
      await leave(page, other)
    })

    test('overwrites nothing that somebody else has changed meanwhile, unless told to', async () => {
      const { helpdesk } = callersOf(site())
      const { id } = await helpdesk.post('/tickets', { title: 'No water' })
      const page = await visit(site(), `helpdesk/tickets/${id}/edit`)
      await page.getByLabel('Title').fill('No water, no tea')
      await helpdesk.put('/tickets/:id', { id, title: 'No water on Monday', priority: 'high' })
      await button(page, 'Save').click()
      await page.getByText('Somebody else has changed this ticket meanwhile.').waitFor()
      await page.getByText('Theirs: No water on Monday').waitFor()
      await page.getByText('You have not changed it: theirs stays.').waitFor()
      expect((await helpdesk.get('/tickets/:id', { id })).title).toBe('No water on Monday')
      await button(page, 'Save my changes over them').click()
      await titleOf(page, 'No water, no tea').waitFor()
      expect(await helpdesk.get('/tickets/:id', { id })).toMatchObject({ title: 'No water, no tea', priority: 'high' })
      await leave(page)
    })

    test('shows as many tickets as somebody wants to see', async () => {
      const { helpdesk } = callersOf(site())
      const titles = Array.from({ length: 26 }, (_, index) => `Lamp ${index + 1} is dark`)
      for (const title of titles) await helpdesk.post('/tickets', { title, priority: 'low' })
      const page = await visit(site(), 'helpdesk?status=open')
      const first = page.getByRole('link', { name: 'Lamp 1 is dark' })
      await page.getByRole('link', { name: 'Lamp 26 is dark' }).waitFor()
      expect(await first.count()).toBe(0)
      await button(page, 'Show more').click()
      await first.waitFor()
      await leave(page)
    })

    test('says what is wrong with a field beside it', async () => {
      const page = await visit(site(), 'helpdesk/new')
      await page.getByLabel('Title').fill('x'.repeat(201))
      await page.getByText('201 of 200 letters. Make it shorter.').waitFor()
      await page.getByRole('link', { name: 'Tickets', exact: true }).click()
      await titleOf(page, 'Tickets').waitFor()
      await page.goBack()
      expect(await page.getByLabel('Title').inputValue()).toHaveLength(201)
      await page.getByLabel('Title').fill('   ')
      await button(page, 'Submit').click()
      await page.getByText('cannot be empty').waitFor()
      expect(await page.getByLabel('Title').getAttribute('aria-invalid')).toBe('true')
      expect(await page.evaluate('document.activeElement?.labels?.[0]?.textContent?.trim()')).toBe('Title')
      await leave(page)
    })
  })
}
