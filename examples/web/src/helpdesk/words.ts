import type { Ticket } from '../lib/apis.ts'

/** How what is recorded of tickets is called. */

export type Status = Ticket['status']
export type Priority = Ticket['priority']

type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'calm' | 'accent'

export const statuses: readonly { readonly value: Status; readonly title: string; readonly tone: Tone }[] = [
  { value: 'open', title: 'Open', tone: 'warn' },
  { value: 'in_progress', title: 'In progress', tone: 'calm' },
  { value: 'resolved', title: 'Resolved', tone: 'good' },
  { value: 'closed', title: 'Closed', tone: 'plain' },
]

export const priorities: readonly { readonly value: Priority; readonly title: string; readonly tone: Tone }[] = [
  { value: 'low', title: 'Low', tone: 'plain' },
  { value: 'normal', title: 'Normal', tone: 'plain' },
  { value: 'high', title: 'High', tone: 'bad' },
]

const titles = new Map<string, string>([...statuses, ...priorities].map(({ value, title }) => [value, title]))

/** A status or priority in words; any other text as it is. */
export function titleOf(value: string): string {
  return titles.get(value) ?? value
}

/** The fields of a ticket that people change. */
export type Content = Pick<Ticket, 'title' | 'description' | 'priority' | 'status'>
export type Field = keyof Content

export const fields: readonly { readonly name: Field; readonly title: string }[] = [
  { name: 'title', title: 'Title' },
  { name: 'description', title: 'Description' },
  { name: 'priority', title: 'Priority' },
  { name: 'status', title: 'Status' },
]
