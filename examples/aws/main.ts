import { join } from 'node:path'
import { WeirApp } from '@weir/aws/cdk'
import { App, Stack } from 'aws-cdk-lib'
import { boxOffice, coffee, helpdesk, inventory } from './apps.ts'

const app = new App()
const stack = new Stack(app, 'weir-dev')
new WeirApp(stack, 'Examples', {
  entry: join(import.meta.dirname, 'apps.ts'),
  apps: [helpdesk, inventory, boxOffice, coffee],
  profile: 'dev',
  internet: false,
})
