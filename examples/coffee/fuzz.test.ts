import { fuzz } from '@weir-examples/harness'
import { provide } from 'weir'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

fuzz(coffee, { runs: 50, services: () => [provide(PaymentGateway, new FakeGateway())] })
