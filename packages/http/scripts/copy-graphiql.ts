import { copyFileSync, mkdirSync } from 'node:fs'

/** Puts the files of GraphiQL that are served, and their licences, beside what is built: its packages are not needed. */

const target = new URL('../dist/graphiql-files/', import.meta.url)

const copies: [from: string | URL, files: Record<string, string>][] = [
  [new URL('../graphiql/', import.meta.url), { 'start.js': 'start.js', 'page.css': 'page.css' }],
  [
    import.meta.resolve('react/package.json'),
    { 'umd/react.production.min.js': 'react.production.min.js', LICENSE: 'LICENSE-react' },
  ],
  [
    import.meta.resolve('react-dom/package.json'),
    { 'umd/react-dom.production.min.js': 'react-dom.production.min.js', LICENSE: 'LICENSE-react-dom' },
  ],
  [
    import.meta.resolve('graphiql/package.json'),
    {
      'graphiql.min.js': 'graphiql.min.js',
      'graphiql.min.css': 'graphiql.min.css',
      LICENSE: 'LICENSE-graphiql',
    },
  ],
]

mkdirSync(target, { recursive: true })
for (const [from, files] of copies) {
  for (const [file, name] of Object.entries(files)) copyFileSync(new URL(file, from), new URL(name, target))
}
