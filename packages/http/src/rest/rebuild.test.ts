import { describe, expect, test } from 'vitest'
import { OperationRefused, type Operations, type RebuildStatus } from 'weir/runtime'
import { cafe } from '../../test/cafe.ts'
import { fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { progressAnswer, rebuildAnswer } from './rebuild.ts'

const running: RebuildStatus = {
  projection: 'orders',
  generation: 2,
  state: 'running',
  done: 10,
  total: 40,
  eventsPerSecond: 5,
  secondsLeft: 6,
  startedAt: '2030-01-01T00:00:00.000Z',
  endedAt: undefined,
  error: undefined,
  newlyParked: [],
}

function open(operations: Partial<Operations>) {
  const { runtime, asked } = fakeRuntime(cafe, { operations })
  const http = createHttpApp({ mounts: [{ base: '/cafe', runtime }], apiKeys: ['key'] })
  const request = (method: string, body?: string, type = 'application/json') => {
    const headers = { 'x-api-key': 'key', ...(body !== undefined && { 'content-type': type }) }
    return http.request('/cafe/replay', { method, headers, ...(body !== undefined && { body }) })
  }
  return { request, asked }
}

describe('a rebuild that is asked for', () => {
  const rebuild = async () => running

  test.each([undefined, '', '{}', ' {} '])('is under way, and says where its progress is: body %j', async (body) => {
    const { request, asked } = open({ rebuild })
    const answer = await request('POST', body)
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toBe('/cafe/replay')
    const told = await answer.json()
    expect(told).toEqual({ projection: 'orders', generation: 2 })
    expect(rebuildAnswer.parse(told)).toEqual(told)
    expect(asked.operations).toEqual([['rebuild', 'orders']])
  })

  test.each([
    ['{"projection":"others"}', 400, 'invalid-input'],
    ['[]', 400, 'invalid-input'],
    ['null', 400, 'invalid-input'],
    ['{', 400, 'malformed-json'],
  ])('is not begun with the body %s', async (body, status, code) => {
    const { request, asked } = open({ rebuild })
    const answer = await request('POST', body)
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })])
    expect(asked.operations).toEqual([])
  })

  test('and cannot be begun as things stand says why', async () => {
    const refuse = () => Promise.reject(new OperationRefused('not-possible', 'Its definition is not the newest.'))
    const answer = await open({ rebuild: refuse }).request('POST')
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'not-possible', detail: 'Its definition is not the newest.' })
  })
})

describe('its progress', () => {
  const progressOf = async (status: Partial<RebuildStatus>) => {
    const answer = await open({ rebuildStatus: async () => ({ ...running, ...status }) }).request('GET')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const told = await answer.json()
    expect(progressAnswer.parse(told)).toEqual(told)
    return told
  }

  test('is told in events and seconds', async () => {
    const { projection, generation, state, done, total, eventsPerSecond, secondsLeft } = running
    expect(await progressOf({})).toEqual({
      projection,
      generation,
      state,
      done,
      total,
      eventsPerSecond,
      secondsLeft,
    })
  })

  test('says so when it cannot be told how long it takes', async () => {
    expect(await progressOf({ secondsLeft: undefined })).toMatchObject({ secondsLeft: null })
  })

  test.each(['stopped', 'blocked', 'failed', 'done'] as const)('may be that it is %s', async (state) => {
    expect(await progressOf({ state })).toMatchObject({ state })
  })
})
