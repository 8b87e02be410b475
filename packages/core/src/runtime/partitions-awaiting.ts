import { type GenerationRecord, partitionOf, type ReadModelStore } from '../ports/index.ts'
import { WaitingEvents } from './waiting.ts'

/** The partitions of a generation in which something waits for documents that are there by now. */
export async function partitionsAwaiting(record: GenerationRecord, readModels: ReadModelStore): Promise<number[]> {
  const waiting = new WaitingEvents(await readModels.loadWaiting(record))
  const awaited = waiting.awaitedDocuments()
  if (awaited.length === 0) return []
  const made = new Set((await readModels.load(record, awaited)).map(({ id }) => id))
  const awaitedBy = (partition: number) =>
    waiting.awaitedDocuments((stream) => partitionOf(stream, record.partitions.length) === partition)
  return [...record.partitions.keys()].filter((partition) => awaitedBy(partition).some((id) => made.has(id)))
}
