import { Duration } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, type IWidget, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { metrics } from '../../contract/index.ts'
import type { Watched } from './alarms.ts'
import type { AppResources } from './app-resources.ts'
import type { Database } from './database.ts'

const period = { period: Duration.minutes(1) }

/** One page that shows how an installation is: requests, the flow of each application, functions, the database. */
export function dashboard(scope: Construct, watched: Watched, database: Database): Dashboard {
  const { plan, apps } = watched
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: plan.prefix,
    defaultInterval: Duration.hours(3),
    widgets: [requests(watched), ...apps.flatMap((app) => flow(plan.prefix, app)), work(watched, database)],
  })
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): IWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6 })

const title = (text: string): IWidget => new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 })

function requests({ httpApi, rebuilds }: Watched): IWidget[] {
  return [
    graph(
      'Requests',
      [httpApi.metricCount(period)],
      [httpApi.metricClientError(period), httpApi.metricServerError(period)],
    ),
    graph(
      'Milliseconds an answer takes',
      ['p50', 'p99'].map((statistic) => httpApi.metricLatency({ ...period, statistic })),
    ),
    graph('Rebuilds', [
      rebuilds.metricStarted(period),
      rebuilds.metricSucceeded(period),
      rebuilds.metricFailed(period),
    ]),
  ]
}

function flow(prefix: string, { plan, store, doorbells, publisher }: AppResources): IWidget[][] {
  const own = (metricName: string) =>
    plan.consumers.map(({ name }) => {
      const dimensionsMap = { Stack: prefix, App: plan.name, Consumer: name }
      return new Metric({
        namespace: metrics.namespace,
        metricName,
        dimensionsMap,
        statistic: 'Maximum',
        label: name,
        ...period,
      })
    })
  const ages = Object.entries(doorbells.queues).map(([label, queue]) =>
    queue.metricApproximateAgeOfOldestMessage({ ...period, label }),
  )
  const written = [store.events, store.index].map((table) => table.metricConsumedWriteCapacityUnits(period))
  return [
    [title(plan.name)],
    [
      graph('Seconds that the oldest doorbell waits', ages, [
        publisher.metric('IteratorAge', { ...period, statistic: 'Maximum' }),
      ]),
      graph('Events behind, and parked streams', own(metrics.behind), own(metrics.parked)),
      graph('Write units', written),
    ],
  ]
}

function work({ functions }: Watched, { cluster }: Database): IWidget[] {
  const all = [...functions.values()]
  return [
    graph(
      'Errors of functions',
      all.map((one) => one.metricErrors(period)),
    ),
    graph(
      'Milliseconds that functions take',
      all.map((one) => one.metricDuration({ ...period, statistic: 'p99' })),
    ),
    graph('Database', [cluster.metricServerlessDatabaseCapacity(period)], [cluster.metricDatabaseConnections(period)]),
  ]
}
