import { percentile } from '../measure.ts'
import { type Table, withTable } from '../work/raw-sqlite.ts'
import { assertFull } from './durability.ts'
import type { Found, Job } from './job.ts'

/** Settings: `<rows a transaction>/<table>`, see `work/raw-sqlite.ts`. */
export async function measure(job: Job): Promise<Found[]> {
  const [rows, table] = job.setting.split('/')
  const batch = Number(rows)
  return withTable(job.place, table as Table, async (insert, database) => {
    await assertFull((pragma) => database.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
    const latencies: number[] = []
    const start = performance.now()
    let count = 0
    while (count < job.size && performance.now() - start < job.seconds * 1000) {
      for (const latency of insert(batch, batch)) latencies.push(latency)
      count += batch
    }
    const perSecond = count / ((performance.now() - start) / 1000)
    return [{ count, perSecond, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }]
  })
}
