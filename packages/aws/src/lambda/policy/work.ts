import { systemClock } from 'weir/ports'
import type { NextDue, Reacted } from 'weir/runtime'
import { delaySecondsUntil, type TimerMessage, timerQueue } from '../../contract/index.ts'
import type { Consumer } from '../consumer/consumer.ts'
import type { Turn, Work } from '../consumer/handler.ts'
import { required } from '../setup/environment.ts'
import type { Settings } from '../setup/options.ts'

/**
 * Reacts to what there is for a policy, whatever rang: a doorbell, or a message to its timer queue.
 *
 * 1. When something is due within 15 minutes, a message to the timer queue comes then. What is due later, or was promised
 *    a message that is lost, the sweep finds.
 * 2. One message is under way for what is due next, as far as this process knows: doorbells would multiply them else.
 */
export function policyWork({ environment, logger }: Settings): Work {
  let promised = 0
  const promise = async ({ app, name, queues, queuePlace }: Consumer, { at }: NextDue) => {
    const now = systemClock.now()
    const delay = delaySecondsUntil(at, now)
    if (delay === undefined || (promised > now && promised <= at)) return
    const message: TimerMessage = { app, policy: name, due: new Date(at).toISOString() }
    const queue = queuePlace + timerQueue(required(environment, 'WEIR_PREFIX'), app, name)
    await queues.send(queue, JSON.stringify(message), { delay })
    promised = at
  }
  return async (consumer, _, turn) => {
    const { outcome, next } = await react(consumer, turn)
    if (next) {
      const words = 'what is due next is found by the sweep only: no message could be sent to the timer queue'
      await promise(consumer, next).catch((err) => logger.warn({ err }, words))
    }
    return () => (outcome === 'more' ? 'more' : 'done')
  }
}

async function react({ name, onDemand }: Consumer, { deadline, carefulUntil }: Turn): Promise<Reacted> {
  if (carefulUntil !== undefined) {
    const reacted = await onDemand.react(name, { deadline: carefulUntil, careful: true })
    if (reacted.outcome !== 'more') return reacted
  }
  return onDemand.react(name, { deadline })
}
