export { discardLetter, listDiscarded, listLetters, retryLetters } from './dead-letters.ts'
export { policies, projections, timers } from './lists.ts'
export { rebuild } from './rebuild.ts'
