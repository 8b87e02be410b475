import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CfnElement, CustomResource, Stack } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Provider } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import type { MigrationProperties } from '../../contract/index.ts'
import { bundle } from '../bundle/bundle.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'

/**
 * Calls `migrate` in the deployment, before the functions that rely on what it prepares are changed. The answer to CloudFormation is given
 * by CDK's provider: from within the VPC it could not be reached.
 */
export class Migration extends Construct {
  readonly resource: CustomResource

  constructor(scope: Construct, id: string, installation: Installation, migrate: IFunction) {
    super(scope, id)
    const { profile } = installation
    const logGroup = new LogGroup(this, 'Log', { retention: profile.logRetention, removalPolicy: profile.removal })
    const provider = new Provider(this, 'Provider', { onEventHandler: migrate, logGroup })
    justify(provider, {
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]': ofCdk,
      [`IAM5[Resource::<${Stack.of(this).getLogicalId(migrate.node.defaultChild as CfnElement)}.Arn>:*]`]: ofCdk,
      L1: ofCdk,
    })
    const properties: MigrationProperties = { revision: revisionOf(installation) }
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::WeirMigration',
      properties: { ...properties },
    })
  }
}

const ofCdk = 'The function of CDK that calls migrate: it is made so there, and allowed no more than to call it'

/** Another one whenever code, definitions or names are others. */
function revisionOf({ entry, plan }: Installation): string {
  const { folder } = bundle(entry, 'migrate')
  const code = readFileSync(join(folder, 'handler/index.mjs'))
  return createHash('sha256').update(code).update(JSON.stringify(plan)).digest('hex').slice(0, 32)
}
