import { deriveId } from 'weir/runtime'
import { type Problem, problem } from '../problems/problem.ts'

const ANONYMOUS = 'anonymous'
const KEY = /^[\x21-\x7e]{1,255}$/

/**
 * The id of the command that an `Idempotency-Key` names. The same key of another caller, for another route or
 * application is another command.
 */
export function commandIdOf(
  key: string | undefined,
  caller: { readonly app: string; readonly route: string; readonly actor: string | undefined },
): string | Problem | undefined {
  if (key === undefined) return undefined
  if (!KEY.test(key)) {
    return problem('malformed-idempotency-key', { detail: 'It has to be 1 to 255 visible ASCII characters.' })
  }
  return deriveId(caller.app, caller.route, caller.actor ?? ANONYMOUS, key)
}
