import * as z from 'zod'

/** A coffee as an order has it: what it was called and cost when it was ordered. */
export const Coffee = z.object({
  id: z.string(),
  name: z.string(),
  /** In cents. */
  price: z.int32().positive(),
})

export const MenuItem = Coffee.extend({ description: z.string() })

export const menu: readonly z.output<typeof MenuItem>[] = [
  { id: '1', name: 'Cappuccino', price: 370, description: 'Espresso with hot milk under a cap of foam' },
  { id: '2', name: 'Latte', price: 400, description: 'Espresso with a lot of hot milk' },
  { id: '3', name: 'Mocha', price: 450, description: 'Espresso with hot milk and chocolate' },
]
