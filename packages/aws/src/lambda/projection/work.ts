import type { SQSRecord } from 'aws-lambda'
import { decodeDoorbell } from '../../contract/index.ts'
import type { Consumer } from '../consumer/consumer.ts'
import { logFailure, type Outcome, type Turn, type Work } from '../consumer/handler.ts'
import type { Settings } from '../setup/options.ts'

/** Folds what there is in the lanes that doorbells name, up to the end of the feed. Doorbells for one lane are one. */
export function projectionWork(settings: Settings): Work {
  return async (consumer, records, turn) => {
    const lanesOf = (record: SQSRecord) => lanesRung(record, consumer.lanes, settings)
    const lanes = [...new Set(records.flatMap(lanesOf))]
    const outcomes = new Map<number, Outcome>()
    const foldOne = async (lane: number) => void outcomes.set(lane, await fold(consumer, lane, turn, settings))
    // What kills the function is found lane by lane.
    if (turn.carefulUntil !== undefined) for (const lane of lanes) await foldOne(lane)
    else await Promise.all(lanes.map(foldOne))
    return (record) => worst(lanesOf(record).map((lane) => outcomes.get(lane) ?? 'failed'))
  }
}

/** Those that a message names, or all; none if it is no doorbell: it would never be one. */
function lanesRung({ body }: SQSRecord, lanes: number, { logger }: Settings): number[] {
  try {
    const { lane } = decodeDoorbell(body)
    return lane === undefined ? [...Array(lanes).keys()] : [lane]
  } catch (err) {
    logger.error({ err }, 'a message that is no doorbell was dropped')
    return []
  }
}

async function fold(consumer: Consumer, lane: number, turn: Turn, settings: Settings): Promise<Outcome> {
  const { deadline, carefulUntil } = turn
  const { name, onDemand } = consumer
  try {
    if (carefulUntil !== undefined) {
      const outcome = await onDemand.fold(name, lane, { deadline: carefulUntil, careful: true })
      if (outcome !== 'more') return 'done'
    }
    return (await onDemand.fold(name, lane, { deadline })) === 'more' ? 'more' : 'done'
  } catch (error) {
    logFailure(settings, error)
    return 'failed'
  }
}

function worst(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('failed')) return 'failed'
  return outcomes.includes('more') ? 'more' : 'done'
}
