import { engineLaws, eventStoreLaws } from '@weir/conformance'
import { setUpInTables } from './laws.fixture.ts'

const setUp = setUpInTables()

eventStoreLaws('dynamodb', setUp, 4)
engineLaws('dynamodb', setUp)
