import type { Handler } from '../exchange/answer.ts'
import { browserFile } from '../files/browser-files.ts'
import { fileHandler } from '../files/file.ts'
import { docsPage, initScript, pageStyle, policy } from './page.ts'

/**
 * The pages that explain an interface with this title: Swagger UI, served from here alone.
 *
 * @param hasGraphiql whether there is a page for the same in GraphQL
 */
export function docsRoutes(title: string, hasGraphiql = false): [path: string, handler: Handler][] {
  return [
    ['/docs', page(docsPage(title, hasGraphiql), 'text/html; charset=utf-8')],
    ['/docs/init.js', page(initScript, 'text/javascript; charset=utf-8')],
    ['/docs/page.css', page(pageStyle, 'text/css; charset=utf-8')],
    ['/docs/swagger-ui.css', asset('swagger-ui.css', 'text/css; charset=utf-8')],
    ['/docs/swagger-ui-bundle.js', asset('swagger-ui-bundle.js', 'text/javascript; charset=utf-8')],
    ['/docs/favicon.png', asset('favicon-32x32.png', 'image/png')],
  ]
}

function asset(file: 'swagger-ui.css' | 'swagger-ui-bundle.js' | 'favicon-32x32.png', type: string): Handler {
  return fileHandler(browserFile('swagger-ui', file), { type, cache: 'public, max-age=3600' })
}

function page(body: string, type: string): Handler {
  return () => ({
    status: 200,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
    },
    body,
  })
}
