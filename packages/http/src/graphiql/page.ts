import { escapeHtml } from '../docs/html.ts'

/** A tab that is open when somebody comes for the first time. */
export interface Tab {
  readonly query: string
  /** JSON. */
  readonly variables?: string
}

/** What a page tells GraphiQL. */
export interface PageOptions {
  readonly title: string
  readonly tabs: readonly Tab[]
  /** JSON: headers that callers have to fill in. */
  readonly headers: string | undefined
}

/** What the page may load and do: only what this server serves. The editor sets styles, and has its fonts in its styles. */
export const policy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page itself. Addresses are relative, so that it works under any base. */
export function graphiqlPage({ title, tabs, headers }: PageOptions): string {
  const data = headers === undefined ? '' : ` data-headers="${escapeHtml(headers)}"`
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}: GraphQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="graphql/graphiql.min.css">
    <link rel="stylesheet" href="graphql/page.css">
  </head>
  <body>
    <div id="graphiql" data-title="${escapeHtml(title)}" data-tabs="${escapeHtml(JSON.stringify(tabs))}"${data}>Loading GraphiQL …</div>
    <script src="graphql/react.production.min.js"></script>
    <script src="graphql/react-dom.production.min.js"></script>
    <script src="graphql/graphiql.min.js"></script>
    <script src="graphql/start.js"></script>
  </body>
</html>
`
}
