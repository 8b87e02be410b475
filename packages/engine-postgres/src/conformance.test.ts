import { engineLaws, eventStoreLaws, readModelStoreLaws } from '@weir/conformance'
import { setUpInSchemas } from './laws.fixture.ts'

const setUp = setUpInSchemas()

eventStoreLaws('postgres', setUp)
readModelStoreLaws('postgres', setUp)
engineLaws('postgres', setUp)
