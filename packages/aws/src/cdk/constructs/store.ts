import { ArnFormat, Stack } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  type ITable,
  StreamViewType,
  Table,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { AppPlan } from '../plan/types.ts'
import type { Installation } from './installation.ts'
import { overridden } from './overrides.ts'

/** The two tables of an application: made, or those that were restored and are there. */
export class Store extends Construct {
  /** Its commits, whose stream feeds the publisher. */
  readonly events: ITable
  /** Its feed, command records, snapshots and leases. */
  readonly index: ITable

  constructor(scope: Construct, id: string, installation: Installation, app: AppPlan) {
    super(scope, id)
    const { references } = installation
    const { events, index } = app.restored ? this.#existing(app.restored) : this.#made(installation, app)
    this.events = events
    this.index = index
    references.set(`table/${app.name}/events`, [events.tableArn], events.tableName)
    references.set(`table/${app.name}/index`, [index.tableArn], index.tableName)
    references.set(`stream/${app.name}`, [events.tableStreamArn ?? ''])
    // By its name, and so the same wherever the table is made.
    references.set(`streams/${app.name}`, [`${tableArn(this, app.events)}/stream/*`])
  }

  #existing({ events, index, stream }: NonNullable<AppPlan['restored']>): Pick<Store, 'events' | 'index'> {
    const tableStreamArn = `${tableArn(this, events)}/stream/${stream}`
    return {
      events: Table.fromTableAttributes(this, 'Events', { tableName: events, tableStreamArn }),
      index: Table.fromTableName(this, 'Index', index),
    }
  }

  /** Keys are as the engine names them (`tableShapes`): a stream and a version of it; a kind and what is of it. */
  #made(installation: Installation, app: AppPlan): Pick<Store, 'events' | 'index'> {
    const table = (name: string, tableName: string, own: Pick<TableProps, 'partitionKey' | 'sortKey' | 'stream'>) => {
      const props = { ...common(installation), tableName, ...own }
      return new Table(this, name, overridden(installation.overrides, 'table', tableName, props))
    }
    const events = table('Events', app.events, {
      partitionKey: { name: 'S', type: AttributeType.STRING },
      sortKey: { name: 'N', type: AttributeType.NUMBER },
      stream: StreamViewType.NEW_IMAGE,
    })
    const index = table('Index', app.index, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    })
    return { events, index }
  }
}

function tableArn(scope: Construct, resourceName: string): string {
  const parts = { service: 'dynamodb', resource: 'table', resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }
  return Stack.of(scope).formatArn(parts)
}

function common({ profile }: Installation) {
  return {
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: profile.protects,
    removalPolicy: profile.removal,
  }
}
