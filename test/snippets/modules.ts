import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { workspacePackages } from '../imports.ts'
import { type Block, textOf } from './markdown.ts'

const root = join(import.meta.dirname, '../..')

/** A block as a file of its own. */
export interface Module {
  readonly block: Block
  readonly file: string
  /** Whether it is a whole file of the page: it begins with a comment that names it, and leaves no import out. */
  readonly isWhole: boolean
}

/** By name: where something comes from that a fragment may use without importing it. */
type Known = ReadonlyMap<string, { readonly from: string; readonly isType: boolean }>

/**
 * Writes blocks as modules, a folder a page, so that they can be type-checked and run as an application's own files.
 *
 * 1. A block that begins with a comment such as `// concerts.ts` is that file, as it is.
 * 2. Any other is a fragment: what it takes from packages, or from files of its page, is imported for it.
 * 3. A page that says `<!-- uses other.md -->` has the files of that page beside its own, unless it has one of that name.
 * 4. Lines keep their numbers, so that an error names the line of the page.
 */
export function writeModules(folder: string, blocks: readonly Block[]): Module[] {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const packages = exportsOfPackages()
  const modules = blocks.map((block) => moduleOf(folder, block))
  for (const module of modules) {
    const siblings = modules.filter(({ block, isWhole }) => isWhole && block.page === module.block.page)
    writeModule(module, new Map([...packages, ...siblings.flatMap(exportsOfSibling)]))
  }
  for (const page of new Set(blocks.map((block) => block.page))) borrow(page, modules)
  return modules
}

/** Copies the files of the pages that a page uses. */
function borrow(page: string, modules: readonly Module[]): void {
  const [, uses = ''] = /<!-- uses (.+) -->/.exec(textOf(page)) ?? []
  const own = modules.find(({ block }) => block.page === page)
  for (const name of uses.split(' ').filter((part) => part !== '')) {
    const used = modules.filter(({ block, isWhole }) => isWhole && block.page === posix.join(posix.dirname(page), name))
    for (const { file } of used) {
      const copy = join(dirname(own?.file ?? ''), basename(file))
      if (!existsSync(copy)) copyFileSync(file, copy)
    }
  }
}

const tsconfig = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: { composite: false, declaration: false, isolatedDeclarations: false, noEmit: true, rootDir: '/' },
  include: ['.'],
}

function moduleOf(folder: string, block: Block): Module {
  const [, name] = /^\/\/ ([\w.-]+\.ts)\n/.exec(block.text) ?? []
  const file = join(folder, block.page.replace(/\.md$/, ''), name ?? `line-${block.line}.ts`)
  return { block, file, isWhole: name !== undefined }
}

function writeModule({ block, file, isWhole }: Module, known: Known): void {
  const head = isWhole ? '' : importsFor(block.text, known)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${head}${'\n'.repeat(block.line - 1)}${block.text}`, { flag: 'wx' })
}

function importsFor(text: string, known: Known): string {
  const declared = declaredIn(text)
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|'[^'\n]*'/gm, '')
  const used = new Set(Array.from(code.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*/g), ([name]) => name))
  const lines = [...used].flatMap((name) => {
    const source = declared.has(name) ? undefined : known.get(name)
    return source ? [`import { ${source.isType ? 'type ' : ''}${name} } from '${source.from}'`] : []
  })
  if (used.has('z') && !declared.has('z')) lines.push("import * as z from 'zod'")
  return `${[...lines, 'export {}'].join('; ')};`
}

function declaredIn(text: string): Set<string> {
  const single = text.matchAll(/\b(?:const|let|function|class|type|interface|as)\s+([A-Za-z_$][\w$]*)/g)
  const several = text.matchAll(/\b(?:const|let|import)\s*(?:type\s*)?\{([^}]*)\}/g)
  const names = Array.from(several, ([, list = '']) => list.split(',').map((part) => part.split(':').at(-1) ?? ''))
  return new Set([...Array.from(single, ([, name = '']) => name), ...names.flat().map((name) => name.trim())])
}

function exportsOfPackages(): Known {
  const entries = workspacePackages().flatMap(({ entries }) => [...entries])
  const known = entries.flatMap(([from, file]) => {
    const lists = readFileSync(join(root, file), 'utf8').matchAll(/^export (type )?\{([^}]*)\}/gm)
    return Array.from(lists, ([, isType, names = '']) =>
      names.split(',').map((name) => [name.trim(), { from, isType: isType !== undefined }] as const),
    ).flat()
  })
  // The same name is exported by an entry point and by those that it is put together from: the shortest stays.
  return new Map(known.sort(([, a], [, b]) => b.from.length - a.from.length))
}

function exportsOfSibling({ file, block }: Module): [string, { from: string; isType: boolean }][] {
  const found = block.text.matchAll(/^export (const|function|class|type|interface) (\w+)/gm)
  return Array.from(found, ([, kind = '', name = '']) => [
    name,
    { from: `./${basename(file)}`, isType: kind === 'type' || kind === 'interface' },
  ])
}
