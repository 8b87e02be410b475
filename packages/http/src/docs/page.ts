import { escapeHtml } from './html.ts'

/** What the page may load and do: only what this server serves. Swagger UI sets styles on its elements. */
export const policy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The page itself. Addresses are relative, so that it works under any base.
 *
 * @param hasGraphiql whether there is a page for the same in GraphQL
 */
export function docsPage(title: string, hasGraphiql: boolean): string {
  const links = hasGraphiql ? '\n    <nav><a href="graphql">The same in GraphQL</a></nav>' : ''
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}: API</title>
    <link rel="icon" href="docs/favicon.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
  </head>
  <body>${links}
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/init.js"></script>
  </body>
</html>
`
}

export const initScript: string = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
})
`

export const pageStyle: string = `body { margin: 0; background: #fafafa }
nav { max-width: 1100px; margin: 0 auto; padding: 16px 20px 0; font: 14px sans-serif; text-align: right }
nav a { color: #2b5ba8 }
.swagger-ui .wrapper { max-width: 1100px }
.swagger-ui .info { margin: 32px 0 }
.swagger-ui .scheme-container { background: none; box-shadow: none; padding: 0 }
`
