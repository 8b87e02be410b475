import { fuzz } from '@weir-examples/harness'
import { provide } from 'weir'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

fuzz(coffee, { services: () => [provide(PaymentGateway, new FakeGateway())] })
