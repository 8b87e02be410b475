import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { metrics } from '../../contract/index.ts'
import type { Plan } from '../plan/types.ts'
import type { AppResources } from './app-resources.ts'
import { pascalCase } from './doorbells.ts'

/** What is watched. */
export interface Watched {
  readonly plan: Plan
  readonly apps: readonly AppResources[]
  /** By their names in the plan. */
  readonly functions: ReadonlyMap<string, LambdaFunction>
  readonly httpApi: HttpApi
  readonly rebuilds: StateMachine
}

interface Rule {
  readonly metric: IMetric
  /** The highest value at which all is well. */
  readonly above: number
  /** For how many periods of the metric on end it has to be above. */
  readonly periods: number
  /** Of these, in how many: in all of them if not given. */
  readonly inAny?: number
  readonly says: string
}

/** Alarms on what somebody has to look at; the guide says what to do about each. */
export class Alarms extends Construct {
  readonly all: Alarm[] = []

  constructor(scope: Construct, id: string, watched: Watched, topic: ITopic | undefined) {
    super(scope, id)
    for (const [name, rule] of Object.entries(rulesOf(watched))) this.all.push(this.#alarm(watched.plan, name, rule))
    if (topic) for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic))
  }

  #alarm({ prefix }: Plan, name: string, { metric, above, periods, inAny, says }: Rule): Alarm {
    return new Alarm(this, pascalCase(name.replaceAll(/[_ ]/g, '-')), {
      ...{ alarmName: `${prefix} ${name}`, alarmDescription: says, metric, threshold: above },
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      ...(inAny !== undefined && { datapointsToAlarm: inAny }),
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
  }
}

const minute = { period: Duration.minutes(1) }

function rulesOf(watched: Watched): Record<string, Rule> {
  const { plan, apps, functions, httpApi, rebuilds } = watched
  const perConsumer = apps.flatMap((app) => app.plan.consumers.map(({ name }) => consumerRules(plan, app, name)))
  return Object.assign(
    {
      'server errors': {
        metric: httpApi.metricServerError({ ...minute, statistic: 'Sum' }),
        ...{ above: 5, periods: 3, says: 'Requests are answered with 5xx' },
      },
      'rebuild failed': {
        metric: rebuilds.metricFailed({ ...minute, statistic: 'Sum' }),
        ...{ above: 0, periods: 1, says: 'A rebuild has failed; the old generation serves on' },
      },
      'rebuild timed out': {
        metric: rebuilds.metricTimedOut({ ...minute, statistic: 'Sum' }),
        ...{
          above: 0,
          periods: 1,
          says: 'A rebuild waits for an operator for a day: parked streams have to be accepted',
        },
      },
    },
    ...perConsumer,
    ...apps.map(publisherRules),
    ...apps.map((app) => placingRules(plan, app)),
    ...[...functions].map(([name, made]) => functionRules(plan, name, made)),
  )
}

function consumerRules({ prefix }: Plan, { plan: { name: app }, doorbells }: AppResources, consumer: string) {
  const queue = doorbells.queues[consumer]
  const dimensionsMap = { Stack: prefix, App: app, Consumer: consumer }
  const parked = new Metric({
    namespace: metrics.namespace,
    metricName: metrics.parked,
    dimensionsMap,
    statistic: 'Maximum',
    ...minute,
  })
  return {
    ...(queue && {
      [`${app} ${consumer} lags`]: {
        metric: queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: 'Maximum' }),
        ...{ above: 300, periods: 5, says: `${consumer} of ${app} has not read what is recorded for five minutes` },
      },
    }),
    [`${app} ${consumer} has parked`]: {
      metric: parked,
      ...{ above: 0, periods: 1, says: `${consumer} of ${app} has parked streams whose events it cannot handle` },
    },
  }
}

function publisherRules({ plan: { name }, publisher }: AppResources) {
  const metric = publisher.metric('IteratorAge', { ...minute, statistic: 'Maximum' })
  const says = `Commits of ${name} are not placed in its feed: no consumer gets them`
  return { [`${name} feed stands`]: { metric, above: 120_000, periods: 3, says } }
}

/** `reconcile` meets what is missing each day: so long, and some hours, the alarm holds. */
function placingRules({ prefix }: Plan, { plan: { name } }: AppResources) {
  const metric = new Metric({
    namespace: metrics.namespace,
    metricName: metrics.incomplete,
    dimensionsMap: { Stack: prefix, App: name },
    statistic: 'Maximum',
    period: Duration.hours(1),
  })
  const says = `Versions of streams of ${name} are missing in its table of events: these streams wait, all others go on`
  return { [`${name} lacks events`]: { metric, above: 0, periods: 26, inAny: 1, says } }
}

function functionRules({ prefix }: Plan, name: string, made: LambdaFunction) {
  const short = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name
  const rule = { above: 0, periods: 5 }
  return {
    [`${short} fails`]: { ...rule, metric: made.metricErrors(minute), says: `${name} fails for five minutes on end` },
    [`${short} throttled`]: {
      ...rule,
      metric: made.metricThrottles(minute),
      says: `Lambda holds ${name} back: raise the limit`,
    },
  }
}
