import { type FunctionPlan, plan, type Trigger } from '@weir/aws/cdk'
import { expect, test } from 'vitest'
import { boxOffice, coffee, helpdesk, inventory } from './apps.ts'

const planned = plan([helpdesk, inventory, boxOffice, coffee], { prefix: 'weir-dev' })

const triggerLine = (trigger: Trigger) =>
  [trigger.kind, 'of' in trigger ? trigger.of : '', 'every' in trigger ? trigger.every : ''].join(' ').trim()

/** A function as people read it. */
function story({
  name,
  role,
  inVpc,
  triggers,
  environment,
  rights,
  timeoutSeconds,
  memoryMegabytes,
}: FunctionPlan): string {
  return [
    `${name} (${role}, ${timeoutSeconds} s, ${memoryMegabytes} MB${inVpc ? ', in the VPC' : ''})`,
    `  started by ${triggers.map(triggerLine).join(', ')}`,
    ...Object.entries(environment).map(([key, value]) => `  ${key}=${value}`),
    ...rights.map(({ on, actions }) => `  may ${actions.join(' ')} on ${on}`),
  ].join('\n')
}

test('what the examples need', async () => {
  const { apps, functions, operations, services, internet } = planned
  const overview = { apps, operations, services, internet }
  await expect(`${JSON.stringify(overview, null, 2)}\n`).toMatchFileSnapshot('stores.snapshot.txt')
  await expect(`${functions.map(story).join('\n\n')}\n`).toMatchFileSnapshot('functions.snapshot.txt')
})
