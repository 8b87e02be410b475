import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createHttpApp, problemKinds } from '../packages/http/src/index.ts'
import { anchorsOf, blocksOf, pages, proseOf, rowsOf, textOf } from './snippets/markdown.ts'

/** The words of README and documentation: links lead somewhere, and references say what the code says. */

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const span = (cell = '') => /`([^`]+)`/.exec(cell)?.[1]

describe('links', () => {
  const links = pages.flatMap((page) =>
    Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => ({ page, target })),
  )

  test('of each page lead to a file of the repository, and to a heading that it has', () => {
    const broken = links.filter(({ page, target }) => {
      if (/^https?:/.test(target)) return false
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : posix.join(posix.dirname(page), path)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !anchorsOf(file).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  test('and addresses point at standards and at the reader’s own machine, nowhere else', () => {
    const allowed = /^https?:\/\/(localhost|www\.rfc-editor\.org|www\.w3\.org|semver\.org|keepachangelog\.com)([:/]|$)/
    const addresses = pages.flatMap((page) =>
      Array.from(textOf(page).matchAll(/https?:\/\/[\w.]+/g), ([address]) => ({ page, address })),
    )
    expect(addresses.filter(({ address }) => !allowed.test(address))).toEqual([])
  })
})

describe('README.md', () => {
  test('names the test command that is run on every change', () => {
    const commands = blocksOf('README.md').map(({ text }) => text.trim())
    const last = read('.ci/run').trim().split('\n').at(-1) ?? ''
    expect(commands).toContain(last)
    expect(last).toBe('npm ci && npm test')
  })
})

describe('docs/reference/http.md', () => {
  const page = 'docs/reference/http.md'

  test('lists every problem with its status and title, and no other', () => {
    const listed = rowsOf(page)
      .filter(({ length }) => length === 4)
      .map(([code, status, title]) => [span(code), { status: Number(status), title }])
    expect(Object.fromEntries(listed)).toEqual(problemKinds)
  })

  test('and these have what the runtime calls bad requests', () => {
    const codes = globSync('packages/core/src/runtime/*.ts', { cwd: root }).flatMap((file) =>
      Array.from(read(file).matchAll(/new BadRequestError\(\s*'([^']+)'/g), ([, code = '']) => code),
    )
    expect(codes.length).toBeGreaterThan(5)
    const kinds: Record<string, { status: number }> = problemKinds
    expect(codes.filter((code) => ![400, 413].includes(kinds[code]?.status ?? 0))).toEqual([])
  })

  test('names every header that pages of other origins may send and read', async () => {
    const http = createHttpApp({ mounts: [] })
    const headers = { origin: 'http://localhost', 'access-control-request-method': 'GET' }
    const answer = await http.request('/health', { method: 'OPTIONS', headers })
    const names = ['access-control-allow-headers', 'access-control-expose-headers'].flatMap((name) =>
      (answer.headers.get(name) ?? '').split(', '),
    )
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter((name) => !textOf(page).includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/reference/configuration.md', () => {
  const page = 'docs/reference/configuration.md'
  const help = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'packages/cli/bin/weir.js'), ...args])
    return stdout
  }
  const namesIn = (text: string) =>
    new Set(text.match(/(?<=[\s`])--?[a-z]+(?:-[a-z]+)*\b|\b(?:[A-Z]{4,}|[A-Z]+(?:_[A-Z]+)+)\b/g))

  test('lists the options, variables and defaults of the command', async () => {
    const told = (await help('start', '--help')).replace(/^Examples[\s\S]*/m, '')
    const rows = rowsOf(page).filter(({ length }) => length === 4)
    expect(namesIn(rows.map((cells) => cells.slice(0, 2).join(' ')).join(' '))).toEqual(namesIn(told))
    const defaults = Array.from(told.matchAll(/\(default:\s+"?([^")]+)"?\)/g), ([, value]) => value)
    expect(defaults.length).toBeGreaterThan(3)
    expect(defaults.filter((value) => !rows.some((cells) => span(cells[2]) === value))).toEqual([])
    expect(await help('--help')).toContain('-v, --version')
  })

  test.each([
    ['packages/core/src/runtime/options.ts', 'RuntimeOptions'],
    ['packages/http/src/app.ts', 'HttpOptions'],
    ['packages/http/src/server/server.ts', 'ServeOptions'],
  ])('lists every option of %s', (file, name) => {
    const [, body = ''] = new RegExp(`interface ${name} {(.*?)\\n}`, 's').exec(read(file)) ?? []
    const options = Array.from(body.matchAll(/readonly (\w+)\??:/g), ([, option]) => option)
    expect(options.length).toBeGreaterThan(2)
    expect(options.filter((option) => !rowsOf(page).some(([cell]) => cell?.includes(`\`${option}\``)))).toEqual([])
  })
})

describe('docs/reference/guarantees.md', () => {
  const sections = textOf('docs/reference/guarantees.md')
    .split(/^## (?=G\d)/m)
    .slice(1)

  test('has twelve', () => {
    expect(sections.map((section) => section.split(' ', 1)[0])).toEqual(
      Array.from({ length: 12 }, (_, index) => `G${index + 1}`),
    )
  })

  test.each(sections.map((section) => [section.split('\n', 1)[0], section]))(
    '%s: a file that it names says so',
    (title = '', section = '') => {
      const [number] = title.split(' ', 1)
      const files = Array.from(section.matchAll(/\]\(\.\.\/\.\.\/([^)]+\.ts)\)/g), ([, file = '']) => file)
      expect(files.filter((file) => new RegExp(`'${number}\\b`).test(read(file)))).not.toEqual([])
    },
  )
})

describe('docs/reference/ports.md', () => {
  const page = textOf('docs/reference/ports.md')

  test('has a section for every port, with as many rules as the port has', () => {
    const ports = [
      ['event-store', 'EventStore'],
      ['read-model-store', 'ReadModelStore'],
    ] as const
    for (const [file, name] of ports) {
      const [rules = ''] = read(`packages/core/src/ports/${file}.ts`).split(`export interface ${name} `)
      const [section = ''] = page.split(`## ${name}\n`)[1]?.split('\n## ') ?? []
      const numbers = (text: string, mark: RegExp) => Array.from(text.matchAll(mark), ([, number]) => number)
      expect(numbers(section, /^(\d)\. /gm)).toEqual(numbers(rules, /^ \* (\d)\. /gm))
    }
    const files = globSync('packages/core/src/ports/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
    const described = files.filter((file) => !/(index|system)\.ts$/.test(file))
    expect(described.filter((file) => !page.includes(`(../../${file})`))).toEqual([])
  })
})

describe('docs/decisions', () => {
  const decisions = pages.filter((page) => /^docs\/decisions\/\d{4}-/.test(page))

  test('are numbered without gaps, each with context, choice and consequences, and listed', () => {
    const list = textOf('docs/decisions/README.md')
    for (const [index, page] of decisions.entries()) {
      const [title = '', ...headings] = Array.from(textOf(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) => heading)
      expect(page).toContain(`/${String(index + 1).padStart(4, '0')}-`)
      expect(headings, page).toEqual(['Context', 'Choice', 'Consequences'])
      expect(list).toContain(`${title.replace(/^(\d+\. )(.*)$/, '$1[$2]')}(${posix.basename(page)})`)
    }
    expect(decisions.length).toBeGreaterThan(9)
  })
})
