import type { TimerStatus } from 'weir/runtime'
import { appRoute, type OpsRoute } from './operation.ts'
import { placeOf } from './page.ts'
import { policyStatus, timerStatus } from './schemas.ts'

/** Policies and what they have scheduled. */
export const policyRoutes: readonly OpsRoute[] = [
  appRoute({
    method: 'GET',
    path: '/policies',
    id: 'listPolicies',
    summary: 'How the policies stand',
    answer: { name: 'Policy', schema: policyStatus },
    list: {},
    run: (operations) => operations.policies(),
  }),
  appRoute({
    method: 'GET',
    path: '/timers',
    id: 'listTimers',
    summary: 'Commands that are scheduled, the next one first',
    answer: { name: 'Timer', schema: timerStatus },
    list: { page: ({ due, policy, key }: TimerStatus) => placeOf(due, policy, key) },
    run: (operations) => operations.timers(),
  }),
]
