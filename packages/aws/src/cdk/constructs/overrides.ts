import type { HttpApiProps } from 'aws-cdk-lib/aws-apigatewayv2'
import type { DistributionProps } from 'aws-cdk-lib/aws-cloudfront'
import type { TableProps } from 'aws-cdk-lib/aws-dynamodb'
import type { VpcProps } from 'aws-cdk-lib/aws-ec2'
import type { EventSourceMappingProps, FunctionProps } from 'aws-cdk-lib/aws-lambda'
import type { DatabaseClusterProps } from 'aws-cdk-lib/aws-rds'
import type { TopicProps } from 'aws-cdk-lib/aws-sns'
import type { QueueProps } from 'aws-cdk-lib/aws-sqs'

/** The properties that each kind of resource is made with. */
interface Kinds {
  readonly table: TableProps
  readonly topic: TopicProps
  readonly queue: QueueProps
  readonly function: FunctionProps
  readonly eventSource: EventSourceMappingProps
  readonly vpc: VpcProps
  readonly cluster: DatabaseClusterProps
  readonly httpApi: HttpApiProps
  readonly distribution: DistributionProps
}

/**
 * Changes what resources are made with, by kind: a function of the resource's name in the plan and its properties.
 *
 * @example { function: (name, props) => (name.endsWith('-api') ? { ...props, memorySize: 1769 } : props) }
 */
export type Overrides = { readonly [Kind in keyof Kinds]?: (name: string, props: Kinds[Kind]) => Kinds[Kind] }

/** The properties of a resource after the override for its kind, if there is one. */
export function overridden<Kind extends keyof Kinds>(
  overrides: Overrides,
  kind: Kind,
  name: string,
  props: Kinds[Kind],
): Kinds[Kind] {
  return overrides[kind]?.(name, props) ?? props
}
