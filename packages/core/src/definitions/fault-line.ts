import type * as z from 'zod'

/**
 * What is wrong with data, in one line: `buyer.email: Invalid email address; seats.[]: …`. Without places in lists, so that
 * what is wrong with many of their items is said once.
 */
export function faultLine({ issues }: z.ZodError): string {
  const faults = issues.map(({ path, message }) => {
    const place = path.map((part) => (typeof part === 'number' ? '[]' : String(part))).join('.')
    return place === '' ? message : `${place}: ${message}`
  })
  return [...new Set(faults)].join('; ')
}
