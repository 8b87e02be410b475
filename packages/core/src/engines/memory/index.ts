export type { MemoryOptions } from './engine.ts'
export { memoryEngine } from './engine.ts'
