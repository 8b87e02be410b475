import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/**
 * Says why a construct, and what is in it, need not follow rules of AwsSolutions (cdk-nag), so that whoever checks a stack with them
 * reads the reason and not the finding.
 *
 * @param reasons by the rules' ids without `AwsSolutions-`, such as `SQS3` or `IAM5[Resource::*]`
 */
export function justify(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason })
  }
}
