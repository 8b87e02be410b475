import type {
  Changes,
  Engine,
  Generation,
  GenerationRecord,
  Partition,
  ReadModelStore,
  StoredDocument,
} from 'weir/ports'
import { documentsOf, storedPolicies } from 'weir/runtime'
import { CliError } from '../errors.ts'
import { shellWord, visible } from '../output/visible.ts'

/**
 * The policies of a source, which can go on elsewhere: nothing that was recorded waits for them.
 *
 * @param without names of those that are left behind
 * @throws CliError when one has not come to the end
 */
export async function settledPolicies(
  { events, readModels }: Engine,
  without: readonly string[] = [],
): Promise<GenerationRecord[]> {
  const policies = (await storedPolicies(readModels)).filter(({ name }) => !without.includes(name))
  for (const { name, generation } of policies) {
    const { commits } = await events.readFeed(generation.partitions[0]?.cursor, 1)
    if (commits.length > 0) throw isBehind(name)
  }
  return policies.map(({ generation }) => generation)
}

/**
 * Refuses a target that an application was started on: its policies would react to what is copied as to something new.
 */
export async function refuseStarted(
  target: Engine,
  policies: readonly GenerationRecord[],
  name: string,
): Promise<void> {
  const copied = new Set(policies.map(({ model }) => model))
  const foreign = (await target.readModels.models()).filter((model) => !copied.has(model))
  if (foreign.length === 0) return
  throw new CliError(
    `${name} has read models: an application was started on it. Copy into an empty store; to compare only, add --verify.`,
  )
}

/**
 * Copies timers and dead letters of policies, which stand at the end of the target's log then. What an earlier copy has
 * left of them is brought up to date.
 */
export async function copyPolicies(
  source: Engine,
  target: Engine,
  policies: readonly GenerationRecord[],
): Promise<void> {
  const cursor = await target.events.feedEnd()
  for (const policy of policies) {
    const partition = await placeFor(policy, target.readModels)
    const { lease } = await target.readModels.open(partition)
    const [ours, theirs] = [await contentOf(source.readModels, policy), await contentOf(target.readModels, partition)]
    const timers = new Set(ours.documents.map(({ id }) => id))
    const streams = new Set(ours.waiting.map(({ stream, version }) => `${stream}@${version}`))
    const changes = {
      cursor,
      ...ours,
      purged: theirs.documents.map(({ id }) => id).filter((id) => !timers.has(id)),
      settled: theirs.waiting.filter(({ stream, version }) => !streams.has(`${stream}@${version}`)),
    }
    await target.readModels.save(partition, lease, changes)
  }
}

async function placeFor(policy: GenerationRecord, readModels: ReadModelStore): Promise<Partition> {
  const { model: name, fingerprint, indexes, since } = policy
  const known = (await readModels.generations(name)).find(({ state }) => state === 'serving')
  const { model, number } = known ?? (await readModels.create({ name, fingerprint, indexes, partitions: 1 }, since))
  return { model, number, partition: 0 }
}

async function contentOf(
  readModels: ReadModelStore,
  policy: Generation,
): Promise<Pick<Changes, 'documents' | 'waiting' | 'discarded'>> {
  const documents: StoredDocument[] = []
  for await (const document of documentsOf(readModels, policy)) documents.push(document)
  return {
    documents,
    waiting: await readModels.loadWaiting(policy),
    discarded: await readModels.loadDiscarded(policy.model),
  }
}

function isBehind(policy: string): CliError {
  return new CliError(
    `The policy '${visible(policy)}' has not come to the end of what is recorded. Start the application until ` +
      '`weir policies` shows that it has, stop it and copy again. Or, when the application has it no more, ' +
      `leave it behind with --without-policies ${shellWord(policy)}.`,
  )
}
