import type { AnyProjection } from '../../definitions/index.ts'
import type { EventStore, Generation, ReadModelStore } from '../../ports/index.ts'
import { differences } from '../differences.ts'
import { Discards } from '../discards.ts'
import { fromStore } from '../errors.ts'
import { noSuchDocument } from './document-explorer.ts'
import { DocumentFold } from './document-fold.ts'
import { documentPlans } from './document-plans.ts'
import type { DocumentHistory } from './explorer.ts'
import { LastSteps } from './last-steps.ts'
import type { StreamExplorer } from './stream-explorer.ts'

export interface DocumentHistoryServices {
  readonly events: EventStore
  readonly readModels: ReadModelStore
  /** The generation of a projection that is read. */
  readonly generationOf: (projection: AnyProjection) => Promise<Generation>
  readonly streams: StreamExplorer
  readonly breathe: () => Promise<void>
}

/** After so many steps others have their turn. */
const STEPS_IN_A_TURN = 100

/**
 * A document after each event that it was made from, as far as the streams of those can be guessed.
 *
 * @throws OperationRefused when there is neither the document nor an event of it
 */
export async function documentHistory(
  projection: AnyProjection,
  id: string,
  services: DocumentHistoryServices,
): Promise<DocumentHistory> {
  const { readModels, generationOf, breathe } = services
  const [stored] = await fromStore(readModels.load(await generationOf(projection), [id]))
  const discards = new Discards()
  discards.add(await fromStore(readModels.loadDiscarded(projection.name)))
  const { plans, isWhole } = await documentPlans(projection, id, stored, services)
  if (!stored && plans.length === 0) throw noSuchDocument()
  const fold = new DocumentFold(projection, id, discards)
  const last = new LastSteps()
  for (const [index, plan] of plans.entries()) {
    last.add(fold.apply(plan))
    if (index % STEPS_IN_A_TURN === STEPS_IN_A_TURN - 1) await breathe()
  }
  const document = stored?.body === undefined ? null : JSON.parse(stored.body)
  const complete = isWhole && differences(document, fold.document ?? null).length === 0
  return { complete, omitted: last.omitted, steps: last.steps }
}
