import type { boxOffice as BoxOffice } from '@weir-examples/box-office'
import type { coffee as Coffee } from '@weir-examples/coffee'
import type { helpdesk as Helpdesk } from '@weir-examples/helpdesk'
import type { inventory as Inventory } from '@weir-examples/inventory'
import { type AnswerOf, type Client, client, type RoutesOf } from 'weir/client'

/** Where an application is served: beside the pages, under its own name. */
export function applicationAt(name: string): string {
  return new URL(name, new URL('.', document.baseURI)).pathname
}

export const helpdesk: Client<RoutesOf<typeof Helpdesk>> = client<typeof Helpdesk>(applicationAt('helpdesk'))

export const boxOffice: Client<RoutesOf<typeof BoxOffice>> = client<typeof BoxOffice>(applicationAt('box-office'))

export const coffee: Client<RoutesOf<typeof Coffee>> = client<typeof Coffee>(applicationAt('coffee'))

export type Order = AnswerOf<typeof Coffee, 'GET /order/:id'>
export type Fulfilment = AnswerOf<typeof Coffee, 'GET /fulfilment/:id'>
export type Ticket = AnswerOf<typeof Helpdesk, 'GET /tickets/:id'>
export type TicketHistory = AnswerOf<typeof Helpdesk, 'GET /tickets/:id/history'>
export type Concert = AnswerOf<typeof BoxOffice, 'GET /concerts/:id'>
export type BoughtTicket = AnswerOf<typeof BoxOffice, 'GET /tickets/:id'>
export type Replay = AnswerOf<typeof Inventory, 'GET /replay'>

export type InventoryClient = Client<RoutesOf<typeof Inventory>>

/** Everything of the inventory needs a key. */
export function inventoryWith(apiKey: string): InventoryClient {
  return client<typeof Inventory>(applicationAt('inventory'), { apiKey })
}
