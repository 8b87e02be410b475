import type { boxOffice } from '@weir-examples/box-office'
import type { coffee } from '@weir-examples/coffee'
import type { helpdesk } from '@weir-examples/helpdesk'
import type { inventory } from '@weir-examples/inventory'
import { type Client, client, type RoutesOf } from 'weir/client'
import { keys, type Site } from '../site.ts'

/** Who calls the applications of a site. */
export interface Callers {
  readonly helpdesk: Client<RoutesOf<typeof helpdesk>>
  readonly inventory: Client<RoutesOf<typeof inventory>>
  readonly boxOffice: Client<RoutesOf<typeof boxOffice>>
  readonly coffee: Client<RoutesOf<typeof coffee>>
}

export function callersOf({ url }: Site): Callers {
  return {
    helpdesk: client<typeof helpdesk>(`${url}/helpdesk`),
    inventory: client<typeof inventory>(`${url}/inventory`, { apiKey: keys.apiKey }),
    boxOffice: client<typeof boxOffice>(`${url}/box-office`),
    coffee: client<typeof coffee>(`${url}/coffee`),
  }
}

/** The ids of what a site was filled with. */
export interface Example {
  readonly ticketId: string
  readonly concertId: string
  readonly orderId: string
}

/** Fills a site, so that every page has something to show. */
export async function fillIn(site: Site): Promise<Example> {
  const { helpdesk, inventory, boxOffice, coffee } = callersOf(site)
  const [ticketId, concertId, orderId] = await Promise.all([
    fillHelpdesk(helpdesk),
    fillBoxOffice(boxOffice),
    fillCoffee(coffee, site),
    fillInventory(inventory),
  ])
  for (const runtime of site.runtimes.values()) await runtime.settled()
  return { ticketId, concertId, orderId }
}

async function fillHelpdesk(helpdesk: Callers['helpdesk']): Promise<string> {
  const others = [
    ['The projector shows everything in pink', 'low', 'open'],
    ['Coffee in the keyboard', 'normal', 'closed'],
    ['New colleague needs an account', 'low', 'resolved'],
    ['Monitor stays black after lunch', 'normal', 'open'],
    ['VPN drops every ten minutes', 'high', 'in_progress'],
  ] as const
  for (const [title, priority, status] of others) {
    const { id } = await helpdesk.post('/tickets', { title, priority })
    await helpdesk.put('/tickets/:id', { id, status })
  }
  const description = 'Since nine o’clock, on the second floor.\n\nIt smells of plastic.'
  const { id } = await helpdesk.post('/tickets', { title: 'The printer is on fire', description, priority: 'normal' })
  await helpdesk.put('/tickets/:id', { id, priority: 'high', status: 'in_progress' })
  await helpdesk.put('/tickets/:id', { id, description: `${description}\n\nThe fire brigade is on its way.` })
  return id
}

async function fillInventory(inventory: Callers['inventory']): Promise<void> {
  const items = { 'Oat milk, litres': 118, 'Espresso beans, kg': 42, 'Paper cups': 340, 'Cocoa, kg': 17 }
  for (const [itemId, amount] of Object.entries(items)) {
    const streamId = 'eb724435-02cb-4c68-9d7a-4b6471c5a810'
    await inventory.post('/addEvent', { streamId, type: 'ITEM_CREATED', data: { itemId, amount } })
  }
  await inventory.post('/replay')
}

async function fillBoxOffice(boxOffice: Callers['boxOffice']): Promise<string> {
  const concerts = [
    ['Moonlight Sonata', '2030-06-01T20:00', 'Old Town Hall', 100, 25],
    ['Kind of Blue, played whole', '2030-07-02T21:00', 'The Cellar', 0, 18],
    ['Winterreise', '2030-12-05', 'Castle Church', 240, 40],
    ['The Goldberg Variations', '2030-06-14T19:30', 'Chamber Music Hall', 9, 32.5],
  ] as const
  let concertId = ''
  for (const [name, date, venue, availableTickets, ticketPrice] of concerts) {
    concertId = (await boxOffice.post('/concerts', { name, date, venue, availableTickets, ticketPrice })).id
    const ticket = { concertId, customerName: 'Ada Lovelace', customerEmail: 'ada@example.com' }
    if (availableTickets > 0) await boxOffice.post('/tickets', ticket)
  }
  return concertId
}

/** Who orders coffee in a browser that has this in its storage. */
export const customer = { 'weir-coffee-customer': 'ada', 'weir-coffee-name': 'Ada' }

async function fillCoffee(coffee: Callers['coffee'], site: Site): Promise<string> {
  const guests = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara']
  for (const [index, customerName] of guests.entries()) {
    const coffeeId = String((index % 3) + 1)
    const { id: orderId } = await coffee.post('/order', {
      coffeeId,
      customerId: customerName.toLowerCase(),
      customerName,
    })
    await coffee.post('/payment', { orderId })
  }
  await site.runtimes.get('coffee')?.settled()
  const [first, second] = await fulfilments(coffee, guests.length)
  await coffee.patch('/fulfilment/:id', { id: first, status: 'FULFILMENT_COMPLETED' })
  await coffee.patch('/fulfilment/:id', { id: second, status: 'FULFILMENT_REJECTED', note: 'No milk left' })
  return (await coffee.post('/order', { coffeeId: '3', customerId: 'ada', customerName: 'Ada' })).id
}

/** The ids of fulfilments, once there are so many. */
async function fulfilments(coffee: Callers['coffee'], count: number): Promise<[string, string]> {
  for await (const made of coffee.live('/fulfilment')) {
    const [first, second] = made
    if (first && second && made.length === count) return [first.id, second.id]
  }
  throw new Error('The fulfilments did not come')
}
