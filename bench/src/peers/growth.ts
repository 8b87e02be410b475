import { strict as assert } from 'node:assert'
import { deposit } from '../definitions.ts'
import { measureSettled, measureWhole } from './commands.ts'
import type { Contender } from './contender.ts'
import type { Found, Job } from './job.ts'

/** How many events are recorded and folded at each size, to see what that costs. */
const FOLDED = 20_000
const ACCOUNTS = 100
/** Into an account at a time, so that what is under way needs little memory. */
const STEP = 1000

/**
 * Lets a store grow to 10^4, 10^5, … events, as far as the job says, and measures at each size what commands on new
 * streams cost, and what it costs a read model to follow.
 */
export async function growth(contender: Contender, job: Job): Promise<Found[]> {
  const found: Found[] = []
  let events = 0
  for (let power = 4; 10 ** power <= job.events; power += 1) {
    events = await growTo(contender, events, 10 ** power)
    await contender.fold?.('few', events)
    await contender.rest?.()
    const append = await measureSettled(contender, job, () => contender.create(deposit))
    found.push({ variant: `append at 10^${power}`, ...append })
    events += append.count
    if (!contender.fold) continue
    await contender.fold('few', events)
    await record(contender, FOLDED)
    events += FOLDED
    const fold = await measureWhole(FOLDED, async () => contender.fold?.('few', events))
    found.push({ variant: `read model at 10^${power}`, ...fold })
  }
  await assertWhole(contender, events)
  return found
}

/** @returns how many events there are then */
async function growTo(contender: Contender, events: number, wanted: number): Promise<number> {
  const missing = Math.max(0, wanted - events)
  await record(contender, missing)
  return events + missing
}

async function record(contender: Contender, deposits: number): Promise<void> {
  for (let done = 0; done < deposits; done += STEP) {
    await contender.record(`account${(done / STEP) % ACCOUNTS}`, Math.min(STEP, deposits - done), deposit)
  }
}

async function assertWhole(contender: Contender, events: number): Promise<void> {
  assert.equal(await contender.events(), events, 'all events are there')
  const summary = await contender.summary?.('few')
  if (summary) assert.equal(summary.total, events * deposit.amount, 'the read model is what the events make of it')
}
