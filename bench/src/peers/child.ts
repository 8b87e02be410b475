import { succeededCalls } from './commands.ts'
import type { Contender, Open } from './contender.ts'
import type { Answer, Found, Job } from './job.ts'
import { preparations, runs } from './works.ts'

/** Does one step of one work in this process, and tells its parent what it found: `child.ts <job as JSON> <seconds>`. */
const job: Job = JSON.parse(process.argv[2] ?? '')
let contender: Contender | undefined

async function run(): Promise<readonly Found[]> {
  const module: { open?: Open; measure?: (job: Job) => Promise<Found[]> } = await import(job.module)
  if (module.measure) return module.measure(job)
  if (!module.open) throw new Error(`${job.module} is no contender`)
  contender = await module.open(job.place, job.setting)
  if (job.step === 'prepare') await preparations[job.work]?.(contender, job)
  const found = job.step === 'prepare' ? [] : ((await runs[job.work]?.(contender, job)) ?? [])
  await contender.close()
  return found.map((each) => ({ ...each, failures: failures() }))
}

function failures(): Record<string, number> {
  return Object.fromEntries(contender?.failures ?? [])
}

function answer(what: Answer): void {
  // What is left open must not keep the process.
  process.send?.(what, () => process.exit(0))
}

function fail(error: unknown): void {
  answer({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error), failures: failures() })
}

process.on('uncaughtException', fail)
process.on('SIGTERM', () => {
  const calls = succeededCalls()
  const known = job.step === 'run' && calls !== undefined ? `; ${calls} calls had succeeded` : ''
  answer({ error: `no figure within ${process.argv[3]} s${known}`, isLate: true, failures: failures() })
})
try {
  // maxRSS is in KiB.
  answer({ found: await run(), rssMb: process.resourceUsage().maxRSS / 1024 })
} catch (error) {
  fail(error)
}
