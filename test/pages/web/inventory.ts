import { describe, expect, test } from 'vitest'
import { keys, type Site } from '../site.ts'
import { button, leave, visit, visitAgain } from './visit.ts'

export function inventoryPages(site: () => Site): void {
  describe('the inventory', () => {
    test('asks for a key, and tells one that is none', async () => {
      const page = await visit(site(), 'inventory')
      await page.getByLabel('API key').fill('ключ')
      await button(page, 'Use this key').click()
      await page.getByText('A key has no such letters').waitFor()
      await page.getByLabel('API key').fill('wrong')
      await button(page, 'Use this key').click()
      await page.getByText('The server does not know this key.').waitFor()
      await page.getByLabel('API key').fill(keys.apiKey)
      await button(page, 'Use this key').click()
      await page.getByRole('heading', { name: 'Send an event' }).waitFor()
      await button(page, 'Forget the key').click()
      await page.getByLabel('API key').waitFor()
      await leave(page)
    })

    test('takes events, of which all see what they change', async () => {
      const [page, other] = await Promise.all([visitAgain(site(), 'inventory'), visitAgain(site(), 'inventory')])
      await page.getByLabel('Item', { exact: true }).fill('Teaspoons')
      await page.getByLabel('Amount').fill('77')
      await button(page, 'Send').click()
      const row = other.getByRole('listitem').filter({ hasText: 'Teaspoons' })
      await row.getByText('77').waitFor()
      await page.getByLabel('Type').selectOption('Amount changed')
      await page.getByLabel('Amount').fill('78')
      await button(page, 'Send').click()
      await row.getByText('78').waitFor()
      await page.getByLabel('Type').selectOption('Another type')
      await page.getByLabel('Name of the type').fill('SPOONS_COUNTED')
      await page.getByLabel('Data, as JSON').fill('77')
      await button(page, 'Send').click()
      await page.getByText('This is no JSON object').waitFor()
      await page.getByLabel('Data, as JSON').fill('{"by": "Ada"}')
      await button(page, 'Send').click()
      await page.getByText(/SPOONS_COUNTED is event \d+ of its stream/).waitFor()
      await leave(page, other)
    })

    test('replays all events, and tells how far that has come', async () => {
      const page = await visitAgain(site(), 'inventory')
      const replay = page.getByRole('region', { name: 'Replay' })
      const generation = replay.getByText(/^generation \d+$/)
      const before = await generation.textContent()
      await button(replay, 'Replay all events').click()
      await expect.poll(() => generation.textContent()).not.toBe(before)
      await replay.getByText('Done').waitFor()
      await replay.getByRole('progressbar').waitFor()
      await leave(page)
    })
  })
}
