import type { GenerationRecord, ReadModelStore } from '../ports/index.ts'

export interface NotesServices {
  readonly readModels: ReadModelStore
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Where notes are kept that have to outlive processes: in the one generation of a model of their own, which is made by who comes
 * first.
 */
export async function notesRecord(
  name: string,
  partitions: number,
  { now, readModels }: NotesServices,
): Promise<GenerationRecord> {
  const serving = async () => (await readModels.generations(name)).find(({ state }) => state === 'serving')
  const known = await serving()
  if (known) return known
  await readModels.create({ name, fingerprint: 'notes', indexes: [], partitions }, now())
  return (await serving()) as GenerationRecord
}
