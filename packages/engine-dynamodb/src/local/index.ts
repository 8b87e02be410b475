export type { Dynoxide, DynoxideOptions } from './dynoxide.ts'
export { startDynoxide } from './dynoxide.ts'
export { freePort } from './free-port.ts'
