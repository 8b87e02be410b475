import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Workspace packages resolve to their sources, so that tests never see a stale dist. */
const source = '@weir/source'
const conditions = [source, 'node', 'development|production']

/** Files that take longest: begun last, one of them would run on alone. */
const long = [
  'simulation',
  'guarantees',
  'three-processes',
  'conformance',
  'feed-under-fire',
  'session',
  'pages/',
  'e2e/',
].reverse()

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => long.findLastIndex((part) => moduleId.includes(part))
    return (await super.sort(files)).toSorted((a, b) => rank(b) - rank(a))
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: [source, 'node'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/temporary-folder.ts', 'test/postgres/global-setup.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    execArgv: [`--conditions=${source}`],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ['default'],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.test-d.ts'] },
    projects: [
      // Their files share a process: loading what they test takes longer than many of them do.
      { extends: true, test: { name: 'packages', include: ['packages/**/*.test.ts'], isolate: false } },
      { extends: true, test: { name: 'whole', include: ['{examples,test,bench}/**/*.test.ts'] } },
    ],
  },
})
