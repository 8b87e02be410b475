import { copyFileSync, mkdirSync } from 'node:fs'

/** Puts the files of Swagger UI that are served, and their licences, beside what is built: its package is not needed. */

const files = [
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
  'favicon-32x32.png',
  'LICENSE',
  'NOTICE',
]

const source = import.meta.resolve('swagger-ui-dist/package.json')
const target = new URL('../dist/swagger-ui/', import.meta.url)

mkdirSync(target, { recursive: true })
for (const file of files) copyFileSync(new URL(file, source), new URL(file, target))
