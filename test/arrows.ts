import { posix } from 'node:path'
import { type Import, importsOf, type Package } from './imports.ts'

/**
 * What the files of one area may import from the workspace: folders, or entry points (`weir/*` stands for all of them).
 * `types` may be imported with `import type` only; `tests` are what its tests may import besides.
 */
export type Area = { at: string; imports: string[]; types?: string[]; tests?: string[] }

type Sources = Map<string, string>
type Target = Import & { to: string; entry?: string }

const isTest = (file: string): boolean => /\.(test|test-d|fixture)\.ts$/.test(file)
const isInside = (folder: string, file: string): boolean => file.startsWith(`${folder}/`)

/** The deepest thing that has the file inside it. */
const owner = <T>(items: T[], folder: (item: T) => string, file: string): T | undefined =>
  items.filter((item) => isInside(folder(item), file)).sort((a, b) => folder(b).length - folder(a).length)[0]

/** Every breach of the arrows in these files, as one line each that names the file and its import. */
export const breaches = (sources: Sources, packages: Package[], areas: Area[]): string[] => {
  const packageOf = (file: string) => owner(packages, ({ folder }) => folder, file)
  const areaOf = (file: string) => owner(areas, ({ at }) => at, file)

  const resolve = (found: Import): Target | string | undefined => {
    const { file, specifier } = found
    if (specifier.startsWith('.')) {
      const to = posix.join(posix.dirname(file), specifier)
      return packageOf(file) === packageOf(to) ? { ...found, to } : `${file}: '${specifier}' leaves its package`
    }
    const target = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`))
    if (!target) return undefined
    const to = target.entries.get(specifier)
    return to
      ? { ...found, to, entry: specifier }
      : `${file}: '${specifier}' is no public entry point of ${target.name}`
  }

  const judge = ({ file, specifier, to, entry, typeOnly }: Target): string | undefined => {
    const area = areaOf(file)
    if (!area) return `${file}: lies in no area of the table`
    if (areaOf(to) === area && packageOf(to) === packageOf(file)) return undefined
    const { at, imports, types = [], tests = [] } = area
    const within = (names: string[]) => names.some((name) => matches(name, to, entry))
    if (within(imports) || (isTest(file) && within(tests))) return undefined
    if (within(types)) return typeOnly ? undefined : `${file}: '${specifier}' may be imported with 'import type' only`
    return `${file}: ${at} must not import '${specifier}'`
  }

  const resolved = [...sources].flatMap(([file, text]) => importsOf(file, text)).map(resolve)
  const targets = resolved.filter((item) => typeof item === 'object')
  return [
    ...resolved.filter((item) => typeof item === 'string'),
    ...targets.map(judge).filter((line) => line !== undefined),
    ...cycles(targets.filter(({ file, to, typeOnly }) => !typeOnly && packageOf(file) === packageOf(to))),
  ]
}

const matches = (name: string, to: string, entry: string | undefined): boolean => {
  if (name.endsWith('/*')) return entry === name.slice(0, -2) || !!entry?.startsWith(name.slice(0, -1))
  return entry === name || isInside(name, to)
}

/** One line for each import that closes a cycle of files. Types may refer to each other: that costs nothing at run time. */
const cycles = (edges: Target[]): string[] => {
  const next = Map.groupBy(edges, ({ file }) => file)
  const done = new Set<string>()
  const lines: string[] = []
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) lines.push(`${path.at(-1)}: closes a cycle: ${[...path.slice(start), file].join(' → ')}`)
    if (start >= 0 || done.has(file)) return
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return lines
}
