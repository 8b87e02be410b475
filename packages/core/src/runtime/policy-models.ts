import type { App } from '../definitions/index.ts'
import type { GenerationRecord, ReadModelStore } from '../ports/index.ts'

/** What a policy's progress and timers are kept in. */
export interface StoredPolicy {
  readonly name: string
  readonly generation: GenerationRecord
}

const PREFIX = 'policy:'

/** What the model is called that a policy's progress is kept in: no projection can be called so. */
export function modelOf(policy: string): string {
  return `${PREFIX}${policy}`
}

/** The policies that something is stored of, whether the application has them or not, by name. */
export async function storedPolicies(readModels: ReadModelStore): Promise<StoredPolicy[]> {
  const models = (await readModels.models()).filter((model) => model.startsWith(PREFIX)).sort()
  const all = await Promise.all(models.map((model) => readModels.generations(model)))
  const serving = all.flat().filter(({ state }) => state === 'serving')
  return serving.map((generation) => ({ name: generation.model.slice(PREFIX.length), generation }))
}

/** Policies that the application has not, and that have left timers, or streams whose events were not all reacted to. */
export async function policiesLeftBehind(app: App, readModels: ReadModelStore): Promise<string[]> {
  const names = new Set(app.policies.map(({ name }) => name))
  const left: string[] = []
  for (const { name, generation } of await storedPolicies(readModels)) {
    if (!names.has(name) && (await hasLeft(readModels, generation))) left.push(name)
  }
  return left
}

async function hasLeft(readModels: ReadModelStore, generation: GenerationRecord): Promise<boolean> {
  if ((await readModels.loadWaiting(generation)).length > 0) return true
  const query = { filters: [], sort: undefined, limit: 1, after: undefined }
  return (await readModels.list(generation, query)).documents.length > 0
}
