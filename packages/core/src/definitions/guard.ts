/** What a request has to show before it is served. */
export interface Guard {
  readonly kind: 'api-key'
  /** The header that it is shown in. */
  readonly header: string
}

/**
 * Serves only those who send one of the keys of the environment variable `API_KEY` in `x-api-key`.
 *
 * @example app('inventory', { guard: apiKey(), routes: { … } })
 */
export function apiKey(): Guard {
  return { kind: 'api-key', header: 'x-api-key' }
}
