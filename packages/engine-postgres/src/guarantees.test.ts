import { guaranteeLaws } from '@weir/conformance'
import { setUpInSchemas } from './laws.fixture.ts'

guaranteeLaws('postgres', setUpInSchemas(), 24)
