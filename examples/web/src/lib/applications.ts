import type { Component } from 'svelte'
import type { IconName } from '../parts/Icon.svelte'

/** One of the applications, as the pages introduce it. */
export interface Application {
  readonly name: string
  readonly title: string
  readonly icon: IconName
  /** What it is for. */
  readonly purpose: string
  /** What it shows of Weir. */
  readonly shows: string
  /** Pages of it to choose from, by the part of the address behind the name. */
  readonly pages: readonly { readonly path: readonly string[]; readonly title: string }[]
  /** Its pages are loaded when somebody goes there. */
  readonly load: () => Promise<{ default: Component }>
}

export const applications: readonly Application[] = [
  {
    name: 'helpdesk',
    title: 'Helpdesk',
    icon: 'help',
    purpose: 'Tickets that people open, change and close.',
    shows: 'From a form to a materialised view: history, and two people who change the same thing.',
    pages: [],
    load: () => import('../helpdesk/Helpdesk.svelte'),
  },
  {
    name: 'inventory',
    title: 'Inventory',
    icon: 'boxes',
    purpose: 'Raw events, and the items they add up to.',
    shows: 'Events of any type behind an API key, and a replay of all of history while it serves.',
    pages: [],
    load: () => import('../inventory/Inventory.svelte'),
  },
  {
    name: 'box-office',
    title: 'Box office',
    icon: 'ticket',
    purpose: 'Concerts, and tickets for them.',
    shows: 'Seats that count down live for everybody, and are never sold twice.',
    pages: [
      { path: [], title: 'Concerts' },
      { path: ['tickets'], title: 'My tickets' },
    ],
    load: () => import('../box-office/BoxOffice.svelte'),
  },
  {
    name: 'coffee',
    title: 'Coffee',
    icon: 'cup',
    purpose: 'Order, pay, and watch it being made.',
    shows: 'Three aggregates and the policies between them: every order finds its end.',
    pages: [
      { path: [], title: 'Menu' },
      { path: ['orders'], title: 'My orders' },
      { path: ['board'], title: 'Barista’s board' },
    ],
    load: () => import('../coffee/Coffee.svelte'),
  },
]
