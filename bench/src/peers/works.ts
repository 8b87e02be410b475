import { strict as assert } from 'node:assert'
import { deposit } from '../definitions.ts'
import { measureCommands } from './commands.ts'
import type { Contender } from './contender.ts'
import type { Found, Job, WorkName } from './job.ts'

/** Does a work once with a contender, and throws when anything that it left behind is wrong. */
type Run = (contender: Contender, job: Job) => Promise<Found[]>

/** Lets the compiler see the code before it is measured. */
async function warmUp(contender: Contender, { callers, seconds }: Job): Promise<void> {
  await measureCommands({ callers, size: 20_000, seconds }, () => contender.create(deposit))
}

/** Commands that each make an account. */
const create: Run = async (contender, job) => {
  await warmUp(contender, { ...job, seconds: job.seconds / 4 })
  const before = await contender.events()
  let wrong = 0
  const found = await measureCommands(job, async () => {
    if ((await contender.create(deposit)) !== 1) wrong += 1
  })
  await contender.settled?.()
  assert.equal(wrong, 0, 'every new account is at version 1')
  assert.equal((await contender.events()) - before, found.count, 'each command recorded one event')
  return [found]
}

/** Commands that are all for one account. */
const contention: Run = async (contender, job) => {
  await warmUp(contender, { ...job, seconds: job.seconds / 4 })
  const versions: number[] = []
  const found = await measureCommands(job, async () => {
    versions.push(await contender.deposit('hot', deposit))
  })
  await contender.settled?.()
  assertInOrder(versions, 0)
  assert.equal(await contender.versionOf('hot'), found.count, 'the stream is as long as it was said to be')
  return [found]
}

/** Each version after `first` was answered to one command, and none is missing. */
function assertInOrder(versions: readonly number[], first: number): void {
  const inOrder = versions.toSorted((a, b) => a - b)
  const at = inOrder.findIndex((version, index) => version !== first + index + 1)
  assert.equal(at, -1, `versions have no gap and no double: after ${inOrder[at - 1]} comes ${inOrder[at]}`)
}

/** The works, by their name. */
export const runs: Readonly<Partial<Record<WorkName, Run>>> = { create, contention }
