import { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { Installation } from './installation.ts'

/** The bus that public events of all applications go to; other systems add rules to it. */
export function publicBus(scope: Construct, { plan, references }: Installation): EventBus {
  const bus = new EventBus(scope, 'PublicEvents', {
    eventBusName: plan.prefix,
    description: `Public events of ${plan.apps.map(({ name }) => name).join(', ')}`,
  })
  references.set('bus/public', [bus.eventBusArn], bus.eventBusName)
  return bus
}
