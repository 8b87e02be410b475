import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../../..')
const command = join(packages, 'cli/bin/weir.js')
const folders: string[] = []

function start(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-import-'))
  folders.push(folder)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(packages, 'core'), join(folder, 'node_modules/weir'))
  const all = { 'package.json': '{"type":"module"}', ...files }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  const { status, stderr } = spawnSync(process.execPath, [command, 'start'], { cwd: folder, encoding: 'utf8' })
  return { status, message: stripVTControlCharacters(stderr) }
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test.each([
  [
    'a missing package',
    { 'app.ts': "import 'not-there'" },
    /'not-there' imported from app\.ts\. Run: npm install not-th/,
  ],
  ['a missing file', { 'app.ts': "import './gone.ts'" }, /Cannot find module 'gone\.ts' imported from app\.ts\. Check/],
  [
    'a file that is named as it is once compiled',
    { 'app.ts': "import './later.js'", 'later.ts': '' },
    /Cannot find module 'later\.js' imported from app\.ts\. There is later\.ts: /,
  ],
  ['a file without its extension', { 'app.ts': "import './later'", 'later.ts': '' }, /There is later\.ts: /],
  ['a file that is no code', { 'app.ts': "import './later.txt'", 'later.txt': '' }, /file extension "\.txt" for later/],
  [
    'a type that is imported as a value',
    { 'app.ts': "import { T } from './t.ts'", 't.ts': 'export type T = 1' },
    /app\.ts:1: .*named 'T'\. If it is a type, import it with `import type`/,
  ],
  ['a missing export', { 'app.ts': "import { x } from './b.js'", 'b.js': '' }, /app\.ts:1: .*an export named 'x'/],
  [
    'faulty definitions',
    { 'app.ts': "import { app } from 'weir'\nexport default app('Not Kebab', { routes: {} })" },
    /The application 'Not Kebab' has 1 fault in its definitions:\n {2}- .*kebab-case/,
  ],
  [
    'bad TypeScript',
    { 'app.ts': 'const a = 1\nexport const b: = 2' },
    /app\.ts:2: [\s\S]*\n {2}export const b: = 2\n +\^/,
  ],
  ['bad TypeScript further in', { 'app.ts': "import './b.ts'", 'b.ts': '\n\nlet let' }, /b\.ts:3: /],
  ['bad JavaScript', { 'app.js': 'const a = 1\nexport const b = ;' }, /app\.js:2: Unexpected token ';'\n.*\n +\^/],
  ['bad JavaScript further in', { 'app.ts': "import './b.js'", 'b.js': '\n\nexport const = 1' }, /b\.js:3: /],
  ['TypeScript that has to be compiled', { 'app.ts': 'export enum A { B }' }, /app\.ts:1: .*enum is not supported/],
  [
    'the other kind of module',
    { 'app.ts': "import 'weir'", 'package.json': '{"type":"commonjs"}' },
    /app\.ts uses import or export, .* does not say "type": "module"/,
  ],
])('%s is told in words, without a stack', (_, files, message) => {
  const answer = start(files)
  expect(answer.message).toMatch(message)
  expect(answer.message).toMatch(/^Error: /)
  expect(answer.message).not.toMatch(/\n\s+at /)
  expect(answer.status).toBe(1)
})

test('what the code itself throws is shown with its own stack only', () => {
  const { status, message } = start({ 'app.ts': "function f() { throw new RangeError('too much') }\nf()" })
  expect(message).toMatch(/^Error: RangeError: too much\n\s+at f .*app\.ts:1/)
  expect(message).not.toContain('node:internal')
  expect(status).toBe(1)
})
