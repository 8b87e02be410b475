import { describe, expect, test } from 'vitest'
import { type Area, breaches } from './arrows.ts'
import { describePackage, importsOf, sourceFiles, workspacePackages } from './imports.ts'

const core = 'packages/core/src'
const weir = [`${core}/definitions`, `${core}/runtime`, `${core}/ports`, `${core}/engines/memory`, `${core}/testing`]
const engines = ['@weir/engine-sqlite', '@weir/engine-postgres', '@weir/engine-dynamodb']
const aws = ['@weir/aws/*']
const all = ['weir/*', ...engines, ...aws, '@weir/conformance', '@weir/http', '@weir/cli']
const applications = ['helpdesk', 'inventory', 'box-office', 'coffee'].map((name) => `@weir-examples/${name}`)

/** definitions → runtime → ports ← engines; http → runtime; cli → http and engines; nothing → examples, bench. */
const areas: Area[] = [
  { at: `${core}/ports`, imports: [] },
  { at: `${core}/definitions`, imports: [], types: [`${core}/ports`], tests: weir },
  { at: `${core}/runtime`, imports: [`${core}/definitions`, `${core}/ports`], tests: weir },
  { at: `${core}/engines/memory`, imports: [`${core}/ports`], tests: ['@weir/conformance'] },
  { at: `${core}/client`, imports: [], types: [`${core}/definitions`], tests: [...weir, '@weir/http'] },
  { at: `${core}/testing`, imports: weir, tests: ['@weir/conformance'] },
  {
    at: core,
    imports: [`${core}/definitions`, `${core}/runtime`, `${core}/ports`],
    tests: [...weir, '@weir/conformance'],
  },

  { at: 'packages/engine-sqlite', imports: ['weir/ports'], tests: ['@weir/conformance'] },
  { at: 'packages/engine-postgres', imports: ['weir/ports'], tests: ['weir/testing', '@weir/conformance'] },
  {
    at: 'packages/engine-dynamodb',
    imports: ['weir/ports'],
    tests: ['weir/*', '@weir/conformance', '@weir/engine-postgres', '@weir/test-postgres'],
  },
  { at: 'packages/conformance', imports: ['weir/*'] },
  { at: 'packages/http', imports: ['weir/*'] },
  // Pages speak HTTP, and take no more than the shape of what is answered.
  { at: 'packages/console', imports: [], types: ['weir/*'] },
  { at: 'packages/aws/src/contract', imports: [] },
  {
    at: 'packages/aws/src/lambda',
    imports: ['packages/aws/src/contract', 'weir/*', '@weir/http', '@weir/engine-postgres', '@weir/engine-dynamodb'],
    tests: ['@weir/engine-dynamodb/local', '@weir/test-postgres'],
  },
  { at: 'packages/aws/src/cdk', imports: ['packages/aws/src/contract', 'weir/*', '@weir/http'] },
  { at: 'packages/aws/src/local', imports: ['packages/aws/src/contract', '@weir/engine-dynamodb/local'] },
  {
    at: 'packages/cli',
    imports: ['weir/*', '@weir/http', ...engines, ...aws],
    tests: ['@weir/engine-dynamodb/local'],
  },

  { at: 'examples/helpdesk', imports: all, tests: ['@weir-examples/harness'] },
  { at: 'examples/inventory', imports: all, tests: ['@weir-examples/harness', '@weir-examples/harness/aws'] },
  { at: 'examples/box-office', imports: all, tests: ['@weir-examples/harness'] },
  { at: 'examples/coffee', imports: all, tests: ['@weir-examples/harness', '@weir-examples/harness/aws'] },
  { at: 'examples/web', imports: ['weir/client'], types: applications },
  { at: 'examples/harness', imports: all },
  { at: 'examples', imports: [...all, ...applications] },
  { at: 'bench', imports: [...all, '@weir/engine-dynamodb/local'] },
]

test('every import of the workspace follows the arrows', () => {
  expect(breaches(sourceFiles(), workspacePackages(), areas)).toEqual([])
})

describe('a breach is named', () => {
  const entry = (file: string) => ({ '@weir/source': file })
  const packages = [
    describePackage('packages/core', {
      name: 'weir',
      exports: { '.': entry('./src/index.ts'), './ports': entry('./src/ports/index.ts') },
    }),
    describePackage('packages/http', { name: '@weir/http', exports: { '.': entry('./src/index.ts') } }),
    describePackage('packages/engine-sqlite', {
      name: '@weir/engine-sqlite',
      exports: { '.': entry('./src/index.ts') },
    }),
    describePackage('examples/helpdesk', { name: '@weir-examples/helpdesk', exports: { '.': './index.ts' } }),
  ]
  const check = (files: Record<string, string>) => breaches(new Map(Object.entries(files)), packages, areas)

  test.each([
    ['a folder of core', `${core}/ports/a.ts`, '../runtime/b.ts', `${core}/ports must not import`],
    ['a value of a port', `${core}/definitions/a.ts`, '../ports/b.ts', "'import type' only"],
    ['the own package by name', `${core}/engines/memory/a.ts`, 'weir', 'must not import'],
    ['another entry point', 'packages/engine-sqlite/src/a.ts', 'weir', 'packages/engine-sqlite must not import'],
    ['an engine in http', 'packages/http/src/a.ts', '@weir/engine-sqlite', 'packages/http must not import'],
    ['an example', 'packages/cli/src/a.ts', '@weir-examples/helpdesk', 'packages/cli must not import'],
    ['a private file', 'packages/http/src/a.ts', 'weir/src/x.ts', 'no public entry point of weir'],
    ['a path to another package', 'packages/http/src/a.ts', '../../core/src/index.ts', 'leaves its package'],
    ['an unknown place', 'packages/other/src/a.ts', './b.ts', 'lies in no area of the table'],
  ])('%s', (_, file, specifier, message) => {
    const found = check({ [file]: `import { x } from '${specifier}'` })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(file)
    expect(found[0]).toContain(message)
  })

  test('a cycle of files', () => {
    const a = `${core}/ports/a.ts`
    const b = `${core}/ports/b.ts`
    expect(check({ [a]: "import './b.ts'", [b]: "export * from './a.ts'" })).toEqual([
      `${b}: closes a cycle: ${a} → ${b} → ${a}`,
    ])
  })

  test('nothing is, when the arrows are followed', () => {
    const files = {
      [`${core}/definitions/a.ts`]: "import type { Clock } from '../ports/clock.ts'",
      [`${core}/runtime/a.ts`]: "import { b } from '../definitions/b.ts'\nimport * as z from 'zod'",
      [`${core}/runtime/a.test.ts`]: "import { memory } from '../engines/memory/index.ts'",
      'packages/http/src/a.ts': "import { app } from 'weir'",
      'examples/main.ts': "import { helpdesk } from '@weir-examples/helpdesk'",
    }
    expect(check(files)).toEqual([])
  })
})

test('all forms of import are found', () => {
  const text = `
    import 'a'
    import b, {
      type c,
    } from "b"
    import type { D } from 'd'
    import type from 'e'
    export * as f from 'f'
    export type { G } from 'g'
    // import 'no'
    /* import 'no' */
    const h = await import('h')
  `
  const found = importsOf('x.ts', text).map(({ specifier, typeOnly }) => specifier + (typeOnly ? ' (type)' : ''))
  expect(found).toEqual(['a', 'b', 'd (type)', 'e', 'f', 'g (type)', 'h'])
})
