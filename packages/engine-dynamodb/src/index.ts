export type { DynamodbOptions } from './engine.ts'
export { dynamodbEngine } from './engine.ts'
export type { TableNames } from './tables.ts'
export { tableShapes } from './tables.ts'
