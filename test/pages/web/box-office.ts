import { describe, expect, test } from 'vitest'
import type { Site } from '../site.ts'
import { callersOf } from './example.ts'
import { button, leave, refusing, titleOf, visit } from './visit.ts'

const winterreise = {
  name: 'Schwanengesang',
  date: '2030-03-01',
  venue: 'Church',
  availableTickets: 2,
  ticketPrice: 12.5,
}

export function boxOfficePages(site: () => Site): void {
  describe('the box office', () => {
    test('puts a concert on sale, and sells tickets for it until there are none, before all eyes', async () => {
      const [seller, ada, list] = await Promise.all([
        visit(site(), 'box-office/new'),
        visit(site(), 'box-office'),
        visit(site(), 'box-office'),
      ])
      await seller.getByLabel('Name').fill('Die schöne Müllerin')
      await seller.getByLabel('Date and time').fill('2030-02-01T20:00')
      await seller.getByLabel('Venue').fill('Mill')
      await seller.getByLabel('Seats').fill('1')
      await seller.getByLabel('Price of a seat').fill('12.5')
      await button(seller, 'Put it on sale').click()
      await titleOf(seller, 'Die schöne Müllerin').waitFor()
      const card = list.getByRole('link', { name: 'Die schöne Müllerin' })
      await card.getByText('1 seat left').waitFor()

      await ada.getByRole('link', { name: 'Die schöne Müllerin' }).click()
      await ada.getByLabel('Name').fill('Ada')
      await ada.getByLabel('E-mail').fill('Ada@Mill.Example')
      await button(ada, 'Buy for €12.50').click()
      await ada.getByText('You have a ticket for Die schöne Müllerin.').waitFor()
      await card.getByText('Sold out').waitFor()
      await seller.getByText('This concert is sold out.').waitFor()

      await ada.getByRole('link', { name: 'See my tickets' }).click()
      await ada.getByRole('article').filter({ hasText: 'Die schöne Müllerin' }).getByText('for Ada').waitFor()
      await ada.goto(`${site().url}/#/box-office/tickets?email=ADA@mill.example`)
      await ada.getByRole('article').filter({ hasText: 'Die schöne Müllerin' }).getByText('for Ada').waitFor()
      await leave(seller, ada, list)
    })

    test('counts a seat down at once, and up again when the purchase is refused', async () => {
      const { id } = await callersOf(site()).boxOffice.post('/concerts', winterreise)
      const page = await visit(site(), `box-office/concerts/${id}`)
      const seats = page.getByRole('complementary')
      await seats.getByText('2 seats left').waitFor()
      const soldOut = { code: 'sold-out', title: 'No tickets available', status: 400 }
      const refuse = await refusing(page, '**/box-office/tickets', soldOut)
      await page.getByLabel('Name').fill('Bo')
      await page.getByLabel('E-mail').fill('bo@example.com')
      await button(page, 'Buy for €12.50').click()
      await seats.getByText('1 seat left').waitFor()
      refuse()
      await page.getByRole('alert').getByText('No tickets available').waitFor()
      await seats.getByText('2 seats left').waitFor()
      expect(await page.getByLabel('Name').inputValue()).toBe('Bo')
      await leave(page)
    })
  })
}
