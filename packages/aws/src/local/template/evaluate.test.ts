// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what templates substitute looks so
import { expect, test } from 'vitest'
import { evaluate, type Scope } from './evaluate.ts'

const scope: Scope = {
  ref: (name) => ({ 'AWS::Region': 'eu-west-1', Table: 'orders', Zones: ['a', 'b'] })[name],
  attribute: (resource, name) => `${resource}#${name}`,
  condition: (name) => name === 'IsProd',
  mapping: (name, first, second) => `${name}/${first}/${second}`,
  imported: (name) => `imported ${name}`,
}

test.each([
  ['a reference', { Ref: 'Table' }, 'orders'],
  ['an attribute', { 'Fn::GetAtt': ['Table', 'Stream.Arn'] }, 'Table#Stream.Arn'],
  ['an attribute in one word', { 'Fn::GetAtt': 'Table.Arn' }, 'Table#Arn'],
  ['what is joined', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }]] }, 'a-orders'],
  ['a list that is joined', { 'Fn::Join': ['-', { Ref: 'Zones' }] }, 'a-b'],
  ['a text with references', { 'Fn::Sub': 'arn:${AWS::Region}:${Table.Arn}:${!no}' }, 'arn:eu-west-1:Table#Arn:${no}'],
  ['a text with values of its own', { 'Fn::Sub': ['${A}/${Table}', { A: { Ref: 'Table' } }] }, 'orders/orders'],
  ['one of a list', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ['what holds', { 'Fn::If': ['IsProd', 'much', 'little'] }, 'much'],
  ['what does not', { 'Fn::If': ['IsDev', 'much', { Ref: 'Table' }] }, 'orders'],
  ['a comparison', { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }] }, true],
  ['a choice of conditions', { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] }, true],
  ['a mapping', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'size'] }, 'M/eu-west-1/size'],
  ['an import', { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::Region}-vpc' } }, 'imported eu-west-1-vpc'],
  [
    'a condition of a policy',
    { Condition: { Bool: { x: { Ref: 'Table' } } } },
    { Condition: { Bool: { x: 'orders' } } },
  ],
])('%s', (_, part, value) => {
  expect(evaluate(part, scope)).toEqual(value)
})

test('what has no value is left out', () => {
  const none = { Ref: 'AWS::NoValue' }
  expect(evaluate({ a: none, b: [1, none], c: { 'Fn::If': ['IsDev', 1, none] } }, scope)).toEqual({ b: [1] })
})

test('a function that is not known is named', () => {
  expect(() => evaluate({ a: { 'Fn::Transform': {} } }, scope)).toThrow('Fn::Transform')
})
