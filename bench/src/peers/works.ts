import { strict as assert } from 'node:assert'
import { deposit } from '../definitions.ts'
import { measureSettled } from './commands.ts'
import type { Contender } from './contender.ts'
import { projection, rebuild, recordHistory } from './folding.ts'
import { growth } from './growth.ts'
import type { Found, Job, WorkName } from './job.ts'

/** Does a work once with a contender, and throws when anything that it left behind is wrong. */
type Run = (contender: Contender, job: Job) => Promise<Found[]>

/** Lets the compiler see the code before it is measured; nothing of it goes on behind what is. */
async function warmUp(contender: Contender, { callers, size, seconds }: Job): Promise<void> {
  const limits = { callers, size: Math.min(20_000, size / 4), seconds: seconds / 4 }
  await measureSettled(contender, limits, () => contender.create(deposit))
}

/** Commands that each make an account. */
const create: Run = async (contender, job) => {
  await warmUp(contender, job)
  const before = await contender.events()
  let wrong = 0
  const found = await measureSettled(contender, job, async () => {
    if ((await contender.create(deposit)) !== 1) wrong += 1
  })
  assert.equal(wrong, 0, 'every new account is at version 1')
  assert.equal((await contender.events()) - before, found.count, 'each command recorded one event')
  return [found]
}

/** Commands that are all for one account. */
const contention: Run = async (contender, job) => {
  await warmUp(contender, job)
  return [await onOneStream(contender, job, 'hot', 0)]
}

/** Commands for one account that has had many already. */
const long: Run = async (contender, job) => [await onOneStream(contender, job, 'long', job.events)]

const recordLong = (contender: Contender, { events }: Job) => contender.record('long', events, deposit)

async function onOneStream(contender: Contender, job: Job, account: string, before: number): Promise<Found> {
  const versions: number[] = []
  const found = await measureSettled(contender, job, async () => {
    versions.push(await contender.deposit(account, deposit))
  })
  assertInOrder(versions, before)
  assert.equal(await contender.versionOf(account), before + found.count, 'the stream is as long as it was said to be')
  return found
}

/** Each version after `first` was answered to one command, and none is missing. */
function assertInOrder(versions: readonly number[], first: number): void {
  const inOrder = versions.toSorted((a, b) => a - b)
  const at = inOrder.findIndex((version, index) => version !== first + index + 1)
  assert.equal(at, -1, `versions have no gap and no double: after ${inOrder[at - 1]} comes ${inOrder[at]}`)
}

/** What is done in a process of its own before a work is measured, so that it leaves nothing in memory. */
export const preparations: Readonly<Partial<Record<WorkName, (contender: Contender, job: Job) => Promise<void>>>> = {
  long: recordLong,
  projection: recordHistory,
  rebuild: recordHistory,
}

/** The works that contenders do, by their name. */
export const runs: Readonly<Partial<Record<WorkName, Run>>> = { create, contention, long, projection, rebuild, growth }
