import type { LambdaFunction } from '../lambda/function.ts'
import type { Resource } from '../template/instantiate.ts'
import { dueAt } from './schedule-expression.ts'

/** A rule of the template that invokes functions at certain times. */
export interface Schedule {
  readonly id: string
  /** Does now what it does when it is time. */
  fire(): Promise<void>
}

interface Target {
  readonly Arn: string
  readonly Input?: string
}

/** The schedules among the rules of a template. */
export function schedulesOf(
  rules: readonly Resource[],
  region: string,
  functions: (arn: string) => LambdaFunction,
): (Schedule & { readonly expression: string })[] {
  return rules
    .filter(({ properties }) => properties.ScheduleExpression && properties.State !== 'DISABLED')
    .map(({ id, arn, properties }) => ({
      id,
      expression: properties.ScheduleExpression,
      fire: async () => {
        const targets: Target[] = properties.Targets ?? [properties.Target]
        await Promise.all(
          targets.map(({ Arn, Input }) => functions(Arn).invoke(Input ? JSON.parse(Input) : eventOf(arn, region))),
        )
      },
    }))
}

/**
 * Fires schedules when it is time, once a minute at most. Rates are due at the start, too: messages do not outlive a local
 * cloud, and the sweep rings for what they asked for. @returns ends it
 */
export function startSchedules(schedules: readonly (Schedule & { readonly expression: string })[]): () => void {
  const start = minuteOf(Date.now())
  let last = start - 1
  const timer = setInterval(() => {
    const minute = minuteOf(Date.now())
    if (minute === last) return
    last = minute
    for (const { expression, fire } of schedules) if (dueAt(expression, minute, start)) void fire()
  }, 500)
  return () => clearInterval(timer)
}

function minuteOf(time: number): number {
  return Math.floor(time / 60_000)
}

function eventOf(arn: string, region: string): object {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: new Date().toISOString(),
    region,
    resources: [arn],
    detail: {},
  }
}
