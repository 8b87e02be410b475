import { kept } from './kept.ts'

/** Light or dark, as the system has it until somebody chooses. */

type Choice = 'system' | 'light' | 'dark'

const stored = 'weir-console-theme'
const store = kept(() => localStorage)
const order: readonly Choice[] = ['system', 'light', 'dark']

class Theme {
  choice: Choice = $state('system')
  /** Counts up when colours change, for what paints them itself. */
  changes: number = $state(0)

  constructor() {
    const before = store.getItem(stored)
    this.#choose(order.find((choice) => choice === before) ?? 'system')
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.changes += 1
    })
  }

  next(): void {
    this.#choose(order[(order.indexOf(this.choice) + 1) % order.length] ?? 'system')
    store.setItem(stored, this.choice)
  }

  #choose(choice: Choice): void {
    this.choice = choice
    document.documentElement.dataset.theme = choice
    this.changes += 1
  }
}

export const theme: Theme = new Theme()
