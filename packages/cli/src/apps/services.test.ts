import { expect, test } from 'vitest'
import { provide, service } from 'weir'
import { supplyServices } from './services.ts'

const gateway = provide(service<() => void>('payment-gateway'), () => {})
const context = { data: '/data', environment: { GATEWAY: 'https://gateway.example' } }

test('services are a list, or what makes one, also later', async () => {
  expect(await supplyServices([gateway], context)).toEqual([gateway])
  expect(await supplyServices(() => [gateway], context)).toEqual([gateway])
  expect(await supplyServices(async () => [gateway], context)).toEqual([gateway])
})

test('what makes them knows the folder of the data and the environment', async () => {
  const given: unknown[] = []
  await supplyServices((known) => {
    given.push(known)
    return []
  }, context)
  expect(given).toEqual([context])
})

test.each([[{ gateway }], [[() => {}]], [null], [() => 'no']])('%j says what to export', async (supply) => {
  await expect(supplyServices(supply as never, context)).rejects.toThrow(/no list of services.*provide\(/)
})
