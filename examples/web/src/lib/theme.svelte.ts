import { kept } from './kept.ts'

/** Light or dark: as the system has it, until somebody chooses. */

export type Choice = 'system' | 'light' | 'dark'

const KEPT = 'weir-theme'
const choices: readonly Choice[] = ['system', 'light', 'dark']

class Theme {
  choice: Choice = $state('system')

  constructor() {
    const chosen = kept.get(KEPT)
    this.choose(choices.find((choice) => choice === chosen) ?? 'system')
  }

  choose(choice: Choice): void {
    this.choice = choice
    document.documentElement.dataset.theme = choice
    kept.set(KEPT, choice === 'system' ? undefined : choice)
  }

  /** The one after this one. */
  get next(): Choice {
    return choices[(choices.indexOf(this.choice) + 1) % choices.length] ?? 'system'
  }
}

export const theme: Theme = new Theme()
