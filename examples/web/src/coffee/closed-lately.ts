import { coffee, type Fulfilment } from '../lib/apis.ts'

const MOST = 30

/** The fulfilments that were closed, the newest first, as many as a board has room for. */
export async function closedLately(): Promise<readonly Fulfilment[]> {
  const statuses = ['FULFILMENT_COMPLETED', 'FULFILMENT_REJECTED'] as const
  const read = statuses.map((status) => coffee.get('/fulfilment', { status, sort: '-createdAt', limit: MOST }))
  const closed = (await Promise.all(read)).flat()
  return closed.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).slice(0, MOST)
}
