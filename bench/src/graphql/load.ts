import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'

/** What is asked: a document, two fields of it, all fields of it, a page of 20 with four fields, and REST's page of 20. */
export const kinds = ['rest', 'graphql', 'fields', 'list', 'rest list'] as const
export type Kind = (typeof kinds)[number]

/** What a load on one server found. */
export interface Load {
  readonly perSecond: number
  readonly p99Ms: number
  /** Processor time of the server's process for one request. */
  readonly cpuMicros: number
}

export interface LoadOptions {
  readonly url: string
  readonly kind: Kind
  readonly ids: readonly string[]
  readonly connections: number
  readonly seconds: number
}

const order = { customerId: 'ada-1', customerName: 'Ada', coffee: { id: '2', name: 'Latte', price: 400 } }
const allFields = 'id customerId customerName coffee { id name price } status note date createdAt'

/** Places orders, and answers their ids when all can be read. */
export async function placeOrders(url: string, count: number): Promise<string[]> {
  const ids: string[] = []
  let token = ''
  for (let placed = 0; placed < count; placed += 1) {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/order`, { method: 'POST', headers, body: JSON.stringify(order) })
    ids.push(((await answer.json()) as { id: string }).id)
    token = answer.headers.get('consistency-token') ?? ''
  }
  await fetch(`${url}/order`, { headers: { 'consistency-token': token, prefer: 'wait=30' } })
  return ids
}

/** Loads the server for a while, and checks each answer. */
export async function loadOf(child: ChildProcess, options: LoadOptions): Promise<Load> {
  const { url, kind, ids, connections, seconds } = options
  const before = await cpuOf(child)
  const requests = ids.map((id) => requestOf(kind, id))
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests,
    verifyBody: (body) => isRight(kind, String(body)),
  })
  const wrong = result.non2xx + result.errors + result.timeouts + result.mismatches
  if (wrong > 0) throw new Error(`${wrong} of ${result.requests.total} answers to '${kind}' were not right`)
  const cpuMicros = ((await cpuOf(child)) - before) / result.requests.total
  return { perSecond: result.requests.average, p99Ms: result.latency.p99, cpuMicros }
}

function requestOf(kind: Kind, id: string): autocannon.Request {
  switch (kind) {
    case 'rest':
      return { method: 'GET', path: `/order/${id}` }
    case 'rest list':
      return { method: 'GET', path: '/order?customerId=ada-1&limit=20' }
    case 'graphql':
      return asked('query ($id: ID!) { order(id: $id) { id status } }', { id })
    case 'fields':
      return asked(`query ($id: ID!) { order(id: $id) { ${allFields} } }`, { id })
    case 'list':
      return asked('{ orders(customerId: "ada-1", first: 20) { nodes { id status date coffee { name } } } }', {})
  }
}

function asked(query: string, variables: object): autocannon.Request {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', path: '/graphql', headers, body: JSON.stringify({ query, variables }) }
}

function isRight(kind: Kind, text: string): boolean {
  const body = JSON.parse(text)
  const documents = {
    rest: [body],
    'rest list': body,
    graphql: [body.data?.order],
    fields: [body.data?.order],
    list: body.data?.orders?.nodes,
  }[kind]
  const isOne = kind === 'rest' || kind === 'graphql' || kind === 'fields'
  if (!Array.isArray(documents) || documents.length !== (isOne ? 1 : 20)) return false
  return documents.every((document) => document.status === 'ORDER_CREATED' && typeof document.id === 'string')
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('usage')
  const [{ cpuMicros }] = await once(child, 'message')
  return cpuMicros
}
