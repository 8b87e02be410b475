import { fuzz } from '@weir-examples/harness'
import { boxOffice } from './index.ts'

fuzz(boxOffice)
