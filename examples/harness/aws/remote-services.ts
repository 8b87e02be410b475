import { type App, type Provision, provide } from 'weir'
import type { Death } from './caller-dies.ts'

interface Answer {
  readonly result?: unknown
  readonly error?: string
  readonly death?: Death
}

/** The services of an application, each call of which is sent to the test: see `serveServices`. */
export function remoteServices(app: App, url: string): Provision[] {
  return app.services.map((service) => {
    const implementation = new Proxy({}, { get: (_, method) => remote(url, service.name, String(method)) })
    return provide(service, implementation as never)
  })
}

/** What cannot be told as JSON, such as a signal, stays here: a call that is given up is given up by who waits for it. */
function remote(url: string, service: string, method: string) {
  return async (...args: { signal?: AbortSignal }[]) => {
    const signal = args.map((each) => each?.signal).find((each) => each !== undefined)
    const body = JSON.stringify({ service, method, args })
    const answer = await fetch(url, { method: 'POST', body, ...(signal && { signal }) })
    const { result, error, death } = (await answer.json()) as Answer
    if (death !== undefined) die(death)
    if (error !== undefined) throw new Error(error)
    return result
  }
}

function die(death: Death): never {
  if (death === 'exit') process.exit(1)
  for (;;);
}
