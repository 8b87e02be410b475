import { join } from 'node:path'
import { type Provision, provide } from 'weir'
import { PaymentGateway } from './gateway.ts'
import { paymentTimeout } from './payment-timeout.ts'
import { SimulatedGateway } from './simulated-gateway.ts'

/**
 * What the application is started with: a gateway that keeps its books beside the application's data.
 *
 * @throws Error when the environment gives no time to pay: an order would only find out when it is placed
 */
export function services({ data }: { readonly data: string }): Provision[] {
  paymentTimeout()
  const gateway = new SimulatedGateway({ file: join(data, 'payment-gateway.db') })
  return [provide(PaymentGateway, gateway)]
}
