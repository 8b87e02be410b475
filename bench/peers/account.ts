import * as z from 'zod'

/** The account of `../src/definitions.ts` as peers have it: the same validation, the same decision, the same event. */

const Input = z.object({
  amount: z.int().positive(),
  currency: z.string().length(3),
  reference: z.string().max(100),
})

export type Deposited = z.infer<typeof Input>

/** The data of the event that a deposit leads to; throws when the input is wrong or the account would be too rich. */
export function decide(balance: number, input: unknown): Deposited {
  const data = Input.parse(input)
  if (balance + data.amount > Number.MAX_SAFE_INTEGER) throw new Error('That is too much')
  return data
}
