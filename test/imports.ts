import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** One import of a source file. Paths are relative to the root of the workspace. */
export type Import = { file: string; specifier: string; typeOnly: boolean }

/** A workspace package: its folder and, by specifier, the source files of its public entry points. */
export type Package = { folder: string; name: string; entries: Map<string, string> }

const root = join(import.meta.dirname, '..')
const outside = /(^|\/)(node_modules|dist|coverage|data)(\/|$)/

const glob = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (path) => outside.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()

export const sourceFiles = (): Map<string, string> =>
  new Map(glob('{packages,examples,bench}/**/*.ts').map((file) => [file, readFileSync(join(root, file), 'utf8')]))

type Manifest = { name: string; exports?: Record<string, string | Record<string, string>> }

export const workspacePackages = (): Package[] =>
  glob('{packages/*,examples/*,bench}/package.json').map((path) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
    return describePackage(posix.dirname(path), manifest)
  })

export const describePackage = (folder: string, { name, exports = {} }: Manifest): Package => ({
  folder,
  name,
  entries: new Map(
    Object.entries(exports).map(([subpath, target]) => {
      const source = typeof target === 'string' ? target : (target['@weir/source'] ?? '')
      return [posix.join(name, subpath), posix.join(folder, source)]
    }),
  ),
})

const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm
const declaration = /^\s*(?:import|export)\s+(type\s+(?!from\b))?(?:[\w*$\s{},]+?\sfrom\s*)?['"]([^'"]+)['"]/gm
const expression = /\bimport\(\s*['"]([^'"]+)['"]/g

/** The import and re-export declarations and the `import('…')` expressions of a file. */
export const importsOf = (file: string, text: string): Import[] => {
  const code = text.replace(comment, '')
  return [
    ...Array.from(code.matchAll(declaration), ([, type, specifier = '']) => ({ file, specifier, typeOnly: !!type })),
    ...Array.from(code.matchAll(expression), ([, specifier = '']) => ({ file, specifier, typeOnly: false })),
  ]
}
