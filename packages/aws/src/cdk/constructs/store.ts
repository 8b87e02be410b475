import { AttributeType, BillingMode, StreamViewType, Table, type TableProps } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { AppPlan } from '../plan/types.ts'
import type { Installation } from './installation.ts'
import { overridden } from './overrides.ts'

/** The two tables of an application. */
export class Store extends Construct {
  /** Its commits, whose stream feeds the publisher. */
  readonly events: Table
  /** Its feed, command records, snapshots and leases. */
  readonly index: Table

  constructor(scope: Construct, id: string, installation: Installation, app: AppPlan) {
    super(scope, id)
    const { references } = installation
    const table = (name: string, tableName: string, own: Pick<TableProps, 'partitionKey' | 'sortKey' | 'stream'>) =>
      new Table(
        this,
        name,
        overridden(installation.overrides, 'table', tableName, { ...common(installation), tableName, ...own }),
      )
    // As the engine names them (`tableShapes`): a stream and a version of it.
    this.events = table('Events', app.events, {
      partitionKey: { name: 'S', type: AttributeType.STRING },
      sortKey: { name: 'N', type: AttributeType.NUMBER },
      stream: StreamViewType.NEW_IMAGE,
    })
    this.index = table('Index', app.index, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    })
    references.set(`table/${app.name}/events`, [this.events.tableArn], this.events.tableName)
    references.set(`table/${app.name}/index`, [this.index.tableArn], this.index.tableName)
    references.set(`stream/${app.name}`, [this.events.tableStreamArn ?? ''])
    references.set(`streams/${app.name}`, [`${this.events.tableArn}/stream/*`])
  }
}

function common({ profile }: Installation) {
  return {
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: profile.protects,
    removalPolicy: profile.removal,
  }
}
