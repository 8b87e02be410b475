import { fuzz } from '@weir-examples/harness'
import { helpdesk } from './index.ts'

fuzz(helpdesk)
