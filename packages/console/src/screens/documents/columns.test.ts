import { expect, test } from 'vitest'
import { columnsOf, textIn } from './columns.ts'

test('documents are told apart by their first short fields', () => {
  const documents = [
    { id: '1', coffee: { name: 'Latte' }, customer: 'Ada', paid: false },
    { id: '2', customer: 'Grace', note: 'no sugar', a: 1, b: 2, c: 3 },
  ]
  expect(columnsOf(documents)).toEqual(['customer', 'paid', 'note', 'a', 'b'])
  expect(documents.map((document) => textIn(document, 'paid'))).toEqual(['false', ''])
})
