import { graphqlSdl, onEachEngine } from '@weir-examples/harness'
import { expect, test } from 'vitest'
import { helpdesk } from './index.ts'

test('the schema is the one that clients were written for', async () => {
  await expect(graphqlSdl(helpdesk)).toMatchFileSnapshot('schema.graphql')
})

onEachEngine(helpdesk, (server) => {
  const ask = async (query: string, headers = {}) => (await server().send('POST', '/graphql', { query }, headers)).body

  test('a ticket is opened, changed, closed for good, and found by what it is', async () => {
    const { data, extensions } = await ask('mutation { openTicket(title: "No coffee", priority: high) { id version } }')
    const { id } = data.openTicket
    const changed = await ask(`mutation { changeTicket(id: "${id}", status: closed, expectedVersion: 1) { version } }`)
    expect(changed.data).toEqual({ changeTicket: { version: 2 } })
    const again = await ask(`mutation { changeTicket(id: "${id}", title: "Coffee") { version } }`)
    expect(again.errors[0].extensions).toMatchObject({ status: 409 })
    const token = `${extensions.consistencyToken},${changed.extensions.consistencyToken}`
    const found = await ask('{ tickets(status: closed, first: 1) { nodes { id title priority } } }', {
      'consistency-token': token,
    })
    expect(found).toEqual({
      data: { tickets: { nodes: [{ id, title: 'No coffee', priority: 'high' }] } },
      extensions: { consistencyStatus: 'reached' },
    })
    expect(await ask('{ tickets(status: open) { nodes { id } } }')).toEqual({ data: { tickets: { nodes: [] } } })
  })
})
