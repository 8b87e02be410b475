import { docsRoutes } from '../docs/docs.ts'
import { type Handler, redirect } from '../exchange/answer.ts'
import { behind, operatorAdmission } from '../guard/admit.ts'
import { KeyRing } from '../guard/key-ring.ts'
import { openApiHandler } from '../openapi/handler.ts'
import type { Mount } from '../rest/mount.ts'
import { opsDocument } from './document.ts'
import { opsHandler } from './handler.ts'
import { opsRoutes } from './routes.ts'

/** Who may see and do what. */
export interface OpsOptions {
  readonly mounts: readonly Mount[]
  readonly operatorKeys?: readonly string[]
  readonly readerKeys?: readonly string[]
}

type Served = readonly [method: string, path: string, handler: Handler]

/**
 * Everything below `/ops`; nothing when nobody has a key. What it is like can be read without a key.
 *
 * @throws when two applications have one name
 */
export function opsHandlers({ mounts, operatorKeys, readerKeys }: OpsOptions, bodyLimit: number): Served[] {
  const operators = new KeyRing('operatorKeys', operatorKeys)
  const readers = new KeyRing('readerKeys', readerKeys)
  if (operators.isEmpty && readers.isEmpty) return []
  checkNames(mounts)
  const admit = operatorAdmission(operators, readers)
  return [
    ['GET', '/ops/openapi.json', openApiHandler(opsDocument)],
    ...docsRoutes('Operations').map(([path, handler]): Served => ['GET', `/ops${path}`, handler]),
    ['GET', '/ops/docs/', redirect('../docs')],
    ...opsRoutes.map(
      (route): Served => [route.method, route.path, behind(admit, opsHandler(route, mounts, bodyLimit))],
    ),
  ]
}

function checkNames(mounts: readonly Mount[]): void {
  const names = mounts.map(({ runtime }) => runtime.app.name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice === undefined) return
  throw new Error(`Two applications are called '${twice}', and paths below /ops name them: give one another name`)
}
