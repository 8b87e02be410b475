import { fuzz } from '@weir-examples/harness'
import { inventory } from './index.ts'

fuzz(inventory)
