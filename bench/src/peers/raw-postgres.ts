import { BATCH, type Table, withTable } from '../work/raw-postgres.ts'
import { measureCommands } from './commands.ts'
import { assertSynced } from './durability.ts'
import type { Found, Job } from './job.ts'

/** Settings: `<rows a transaction>/<table>`, see `work/raw-postgres.ts`. */
export async function measure({ setting, place, callers, size, seconds }: Job): Promise<Found[]> {
  await assertSynced(place)
  const [rows, table] = setting.split('/')
  return withTable(place, callers, table as Table, async ({ single, batch }) => {
    if (rows === '1') return [await measureCommands({ callers, size, seconds }, single)]
    const found = await measureCommands({ callers, size: size / BATCH, seconds }, (index) => batch(index * BATCH))
    return [{ ...found, count: found.count * BATCH, perSecond: found.perSecond * BATCH }]
  })
}
