import type { ConsumerPlan, Right } from './types.ts'

/**
 * What each kind of work needs to be allowed. Transactions and PartiQL are judged by their parts: a put in a transaction needs
 * PutItem, an INSERT needs PartiQLInsert.
 */

const reads = ['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query']

/** Reading streams and the feed. */
export function reading(app: string): Right[] {
  return [
    { on: `table/${app}/events`, actions: reads },
    { on: `table/${app}/index`, actions: reads },
  ]
}

/** Making commits part of the feed; tokens are located so, too. */
export function placing(app: string): Right[] {
  return [{ on: `table/${app}/index`, actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'] }]
}

/** Recording what commands decide: commits, condition checks on streams that are only read, command records and snapshots. */
export function appending(app: string): Right[] {
  return [
    {
      on: `table/${app}/events`,
      actions: ['dynamodb:ConditionCheckItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
    },
    { on: `table/${app}/index`, actions: ['dynamodb:ConditionCheckItem', 'dynamodb:PutItem'] },
  ]
}

/** Looking for commits that nobody placed. */
export function scanning(app: string): Right[] {
  return [{ on: `table/${app}/events`, actions: ['dynamodb:Scan'] }]
}

/** Being fed by a table's stream. */
export function streaming(app: string): Right[] {
  const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator']
  return [
    { on: `stream/${app}`, actions: actions.map((action) => `dynamodb:${action}`) },
    { on: `streams/${app}`, actions: ['dynamodb:ListStreams'] },
  ]
}

/** Ringing all consumers of an application. */
export function publishing(app: string): Right[] {
  return [{ on: `topic/${app}`, actions: ['sns:Publish'] }]
}

/** Being fed by queues; what failed is made visible again at once. */
export function consuming({ app, name, timers }: ConsumerPlan): Right[] {
  const actions = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage']
  const each = { actions: actions.map((action) => `sqs:${action}`) }
  return [{ on: `queue/${app}/${name}`, ...each }, ...(timers ? [{ on: `timers/${app}/${name}`, ...each }] : [])]
}

/** Sending a message to a queue. */
export function sending(queue: string): Right[] {
  return [{ on: queue, actions: ['sqs:SendMessage'] }]
}

/** Connecting to the database as a role of it; `direct-writer`: past the proxy, as the owner of the schemas in deployments. */
export function connecting(role: 'reader' | 'writer' | 'direct-writer'): Right[] {
  return [{ on: `database/${role}`, actions: ['rds-db:connect'] }]
}

/** Reading secrets. */
export function knowing(...secrets: string[]): Right[] {
  return secrets.map((secret) => ({ on: `secret/${secret}`, actions: ['secretsmanager:GetSecretValue'] }))
}

/** Telling other systems of public events. */
export function telling(): Right[] {
  return [{ on: 'bus/public', actions: ['events:PutEvents'] }]
}

/** Starting the state machine. */
export function startingRebuilds(): Right[] {
  return [{ on: 'state-machine/rebuild', actions: ['states:StartExecution'] }]
}

/** One entry a resource, in the order of their names, each action once. */
export function merged(rights: readonly Right[]): Right[] {
  const actions = new Map<string, Set<string>>()
  for (const right of rights) actions.set(right.on, new Set([...(actions.get(right.on) ?? []), ...right.actions]))
  const sorted = [...actions].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return sorted.map(([on, allowed]) => ({ on, actions: [...allowed].toSorted() }))
}
