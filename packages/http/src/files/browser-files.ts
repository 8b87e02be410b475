import { copyFileSync, mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Files of other packages that browsers are given.
 *
 * 1. Sources take them from where they are installed.
 * 2. What is published, and what is bundled, has them in folders beside the folder of the running file.
 */
const folders: Readonly<Record<BrowserFolder, Readonly<Record<string, string>>>> = {
  'swagger-ui': {
    'swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
    'swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
    'favicon-32x32.png': 'swagger-ui-dist/favicon-32x32.png',
    'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
    LICENSE: 'swagger-ui-dist/LICENSE',
    NOTICE: 'swagger-ui-dist/NOTICE',
  },
  'graphiql-files': {
    'react.production.min.js': 'react/umd/react.production.min.js',
    'react-dom.production.min.js': 'react-dom/umd/react-dom.production.min.js',
    'graphiql.min.js': 'graphiql/graphiql.min.js',
    'graphiql.min.css': 'graphiql/graphiql.min.css',
    'start.js': './graphiql/start.js',
    'page.css': './graphiql/page.css',
    'LICENSE-react': 'react/LICENSE',
    'LICENSE-react-dom': 'react-dom/LICENSE',
    'LICENSE-graphiql': 'graphiql/LICENSE',
  },
}

export type BrowserFolder = 'swagger-ui' | 'graphiql-files'

/**
 * Where a file of a folder is.
 *
 * @throws Error when the folder has no such file
 */
export function browserFile(folder: BrowserFolder, file: string): URL {
  const source = folders[folder][file]
  if (source === undefined) throw new Error(`There is no ${file} in ${folder}`)
  return import.meta.url.endsWith('.ts') ? installed(source) : new URL(`../${folder}/${file}`, import.meta.url)
}

/**
 * Copies all of these files, and their licences, into folders below `target`: what is bundled finds them there, when it runs in
 * a folder beside them.
 */
export function copyBrowserFiles(target: string): void {
  const base = pathToFileURL(`${target}/`)
  for (const folder of Object.keys(folders) as BrowserFolder[]) {
    mkdirSync(new URL(folder, base), { recursive: true })
    for (const file of Object.keys(folders[folder])) {
      copyFileSync(browserFile(folder, file), new URL(`${folder}/${file}`, base))
    }
  }
}

const packages: Readonly<Record<string, () => string>> = {
  '.': () => new URL('../../package.json', import.meta.url).href,
  graphiql: () => import.meta.resolve('graphiql/package.json'),
  react: () => import.meta.resolve('react/package.json'),
  'react-dom': () => import.meta.resolve('react-dom/package.json'),
  'swagger-ui-dist': () => import.meta.resolve('swagger-ui-dist/package.json'),
}

function installed(source: string): URL {
  const [name = '', ...path] = source.split('/')
  return new URL(path.join('/'), packages[name]?.())
}
