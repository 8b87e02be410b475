import { expect, test } from 'vitest'
import { traceparentFrom } from './trace.ts'

test.each([
  [
    'a sampled trace and its parent',
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
  ],
  [
    'one that is not sampled',
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995C3F42CD8AD8;Sampled=0',
    '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00',
  ],
  [
    'one without a parent',
    'Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678',
    '00-67891233abcdef012345678912345678-2345678912345678-00',
  ],
  ['nothing', undefined, undefined],
  ['what is none', 'Root=1-xyz', undefined],
])('%s', (_, header, traceparent) => {
  expect(traceparentFrom(header)).toBe(traceparent)
})
