/** How a function dies from inside: its process exits, or never comes to an end, until its time is up. */
export type Death = 'exit' | 'loop'

/**
 * What a service of a test throws to kill the function that calls it.
 *
 * @example
 * const deadly = { charge: () => Promise.reject(new CallerDies('exit')) }
 */
export class CallerDies extends Error {
  readonly death: Death

  constructor(death: Death) {
    super(`The caller dies: ${death}`)
    this.name = 'CallerDies'
    this.death = death
  }
}
