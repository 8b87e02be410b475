import { strict as assert } from 'node:assert'
import { deposit } from '../definitions.ts'
import { ask } from '../measure.ts'
import { measureWhole } from './commands.ts'
import type { Contender, ReadModel } from './contender.ts'
import type { Found, Job } from './job.ts'

/** What variants stand for: how many accounts the events are spread over, and which read model they are folded into. */
const VARIANTS: Readonly<Record<string, { readonly accounts: number; readonly model: ReadModel }>> = {
  'few documents': { accounts: 25, model: 'few' },
  'many documents': { accounts: 2000, model: 'many' },
  '2,000 documents': { accounts: 2000, model: 'few' },
}

/** Spreads the events of a job evenly over its accounts. One after the other: some consumers lose what is concurrent. */
export async function recordHistory(contender: Contender, { events, variant }: Job): Promise<void> {
  const { accounts } = variantOf(variant)
  await ask(1, accounts, (index) => contender.record(`account${index}`, events / accounts, deposit))
  assert.equal(await contender.events(), events, 'all of the history is recorded')
}

/** Folds a history that no read model has seen. */
export async function projection(contender: Contender, { events, variant }: Job): Promise<Found[]> {
  const { accounts, model } = variantOf(variant)
  const found = await measureWhole(events, async () => contender.fold?.(model, events))
  await assertFolded(contender, model, events, accounts)
  return [found]
}

/** Folds a history anew into a read model that has seen it. */
export async function rebuild(contender: Contender, { events, variant }: Job): Promise<Found[]> {
  const { accounts, model } = variantOf(variant)
  await contender.fold?.(model, events)
  const found = await measureWhole(events, async () => contender.rebuild?.(model, events))
  await assertFolded(contender, model, events, accounts)
  return [found]
}

async function assertFolded(contender: Contender, model: ReadModel, events: number, accounts: number): Promise<void> {
  const [documents, each] = model === 'few' ? [accounts, events / accounts] : [events, 1]
  const expected = {
    documents,
    total: events * deposit.amount,
    least: each * deposit.amount,
    most: each * deposit.amount,
  }
  assert.deepEqual({ ...(await contender.summary?.(model)) }, expected, 'the read model is what the events make of it')
}

function variantOf(name = '') {
  const variant = VARIANTS[name]
  if (!variant) throw new Error(`There is no variant ${name}`)
  return variant
}
