import type { Handler } from '../exchange/answer.ts'
import { assetHandler } from './assets.ts'
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
    ['/docs/swagger-ui.css', assetHandler('swagger-ui.css', 'text/css; charset=utf-8')],
    ['/docs/swagger-ui-bundle.js', assetHandler('swagger-ui-bundle.js', 'text/javascript; charset=utf-8')],
    ['/docs/favicon.png', assetHandler('favicon-32x32.png', 'image/png')],
  ]
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
