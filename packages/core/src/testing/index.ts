export { seededIdentity } from './seeded-identity.ts'
export type { VirtualClock } from './virtual-clock.ts'
export { virtualClock } from './virtual-clock.ts'
