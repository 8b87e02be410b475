import { testDatabase } from '@weir/test-postgres'
import { expect, test } from 'vitest'
import { startAccounts } from './cloud.ts'
import { rebuildOnCloud } from './rebuild.ts'

test('a rebuild by the state machine loses nothing, doubles nothing, and no token lies meanwhile', async () => {
  const database = await testDatabase()
  const accounts = await startAccounts(database.url)
  try {
    const options = { events: 2_000, accounts: 50, rate: 10, readers: 1, say: () => {} }
    const { commands, reads } = await rebuildOnCloud(accounts, options)
    expect(commands).toBeGreaterThan(0)
    expect(reads).toBeGreaterThan(0)
  } finally {
    await accounts.stop()
    await database.drop()
  }
})
