import { OperationRefused } from 'weir/runtime'
import * as z from 'zod'
import { appRoute, type OpsRoute } from './operation.ts'
import { parkedStreams, projectionStatus, rebuildStatus } from './schemas.ts'

const PROJECTION = '/projections/:projection'
const REBUILD = `${PROJECTION}/rebuild`

const location = `/ops/:app${REBUILD}`
const answer = { name: 'Rebuild', schema: rebuildStatus }
const nothing = z.strictObject({})

/** Read models: how they stand, and folding them anew (G9). */
export const projectionRoutes: readonly OpsRoute[] = [
  appRoute({
    method: 'GET',
    path: '/projections',
    id: 'listProjections',
    summary: 'How the read models stand',
    answer: { name: 'Projection', schema: projectionStatus },
    list: {},
    run: (operations) => operations.projections(),
  }),
  appRoute({
    method: 'GET',
    path: PROJECTION,
    id: 'getProjection',
    summary: 'How a read model stands',
    answer: { name: 'Projection', schema: projectionStatus },
    run: async (operations, { parameter }) => {
      const wanted = parameter('projection')
      const found = (await operations.projections()).find(({ name }) => name === wanted)
      if (!found) throw new OperationRefused('unknown-consumer', 'This application has no such projection.')
      return found
    },
  }),
  appRoute({
    method: 'POST',
    path: REBUILD,
    id: 'rebuildProjection',
    summary: 'Fold a read model anew',
    description: 'Goes on with a rebuild that was stopped; while one is under way, it is answered.',
    body: nothing,
    status: 202,
    location,
    answer,
    run: (operations, { parameter }) => operations.rebuild(parameter('projection')),
  }),
  appRoute({
    method: 'GET',
    path: REBUILD,
    id: 'getRebuild',
    summary: 'How far a rebuild has come',
    answer,
    run: (operations, { parameter }) => operations.rebuildStatus(parameter('projection')),
  }),
  appRoute({
    method: 'DELETE',
    path: REBUILD,
    id: 'cancelRebuild',
    summary: 'Give up a rebuild',
    description: 'Drops what was folded so far.',
    answer,
    run: (operations, { parameter }) => operations.cancelRebuild(parameter('projection')),
  }),
  appRoute({
    method: 'POST',
    path: `${REBUILD}/stop`,
    id: 'stopRebuild',
    summary: 'Stop a rebuild',
    description: 'What was folded so far is kept: the next rebuild goes on there.',
    body: nothing,
    answer,
    run: (operations, { parameter }) => operations.stopRebuild(parameter('projection')),
  }),
  appRoute({
    method: 'POST',
    path: `${REBUILD}/accept`,
    id: 'acceptParked',
    summary: 'Let a rebuild serve although streams are parked in it',
    body: z.strictObject({ streams: parkedStreams }),
    answer,
    run: (operations, { parameter, body }) => operations.acceptParked(parameter('projection'), body.streams),
  }),
  appRoute({
    method: 'POST',
    path: `${PROJECTION}/roll-back`,
    id: 'rollBack',
    summary: 'Go back to the generation that served before',
    body: nothing,
    status: 202,
    location,
    answer,
    run: (operations, { parameter }) => operations.rollBack(parameter('projection')),
  }),
]
