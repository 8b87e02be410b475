export type { ProfileName } from './constructs/profile.ts'
export { type PlanOptions, plan } from './plan/plan.ts'
export type * from './plan/types.ts'
export { WeirApp, type WeirAppProps } from './weir-app.ts'
