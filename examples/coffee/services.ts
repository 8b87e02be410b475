import { join } from 'node:path'
import { type Provision, provide } from 'weir'
import { PaymentGateway } from './gateway.ts'
import { SimulatedGateway } from './simulated-gateway.ts'

/** What the application is started with: a gateway that keeps its books beside the application's data. */
export function services({ data }: { readonly data: string }): Provision[] {
  const gateway = new SimulatedGateway({ file: join(data, 'payment-gateway.jsonl') })
  return [provide(PaymentGateway, gateway)]
}
