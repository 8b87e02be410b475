import { join } from 'node:path'
import { readSettings, WeirApp } from '@weir/aws/cdk'
import { App, Stack } from 'aws-cdk-lib'
import { builtPages } from '../pages.ts'
import { boxOffice, coffee, helpdesk, inventory } from './apps.ts'

/** All example applications in one stack, behind one address, with their pages and the console. */
const cdk = new App()
const settings = readSettings(cdk.node)
const { stackName, region, profile } = settings
const stack = new Stack(cdk, stackName, {
  description: 'The example applications of Weir',
  terminationProtection: profile === 'prod',
  ...(region !== undefined && { env: { region } }),
})
const root = join(import.meta.dirname, '../..')
new WeirApp(stack, 'Examples', {
  ...settings,
  entry: join(import.meta.dirname, 'apps.ts'),
  apps: [helpdesk, inventory, boxOffice, coffee],
  site: { pages: await builtPages(), console: join(root, 'packages/console/dist') },
  // The gateway for payments is a simulated one: nothing has to reach the internet.
  internet: false,
})
