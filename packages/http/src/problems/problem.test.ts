import { describe, expect, test } from 'vitest'
import { reject } from 'weir'
import { BadRequestError } from 'weir/runtime'
import { problemKinds } from './catalogue.ts'
import { badRequestProblem, problem, problemAnswer, rejectionProblem } from './problem.ts'

test('every kind of problem is an error status with one sentence for people', () => {
  for (const [code, { status, title }] of Object.entries(problemKinds)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(title).toMatch(/^[A-Z].*[^.]$/)
  }
})

describe('an answer', () => {
  const bodyOf = (answer: { body: unknown }) => JSON.parse(answer.body as string)

  test('has the members of RFC 9457 and is not kept by caches', () => {
    const answer = problemAnswer(problem('not-found'), 'req-1')
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    })
    expect(bodyOf(answer)).toEqual({
      type: 'urn:weir:problem:not-found',
      title: 'There is no such thing',
      status: 404,
      code: 'not-found',
    })
  })

  test('names the request when the fault is ours', () => {
    expect(bodyOf(problemAnswer(problem('internal-error'), 'req-1'))).toMatchObject({ requestId: 'req-1' })
  })

  test('to what the runtime calls a bad request is in the catalogue, with what was wrong this time', () => {
    const error = new BadRequestError('malformed-cursor', 'The cursor is cut off')
    expect(bodyOf(problemAnswer(badRequestProblem(error), 'req-1'))).toEqual({
      type: 'urn:weir:problem:malformed-cursor',
      title: problemKinds['malformed-cursor'].title,
      status: 400,
      code: 'malformed-cursor',
      detail: 'The cursor is cut off',
    })
  })

  test('of an application bears its own words and type', () => {
    const rejection = reject('sold-out', 'No tickets available', { status: 410, detail: 'Since May.' })
    expect(bodyOf(problemAnswer(rejectionProblem('box-office', rejection), 'req-1'))).toEqual({
      type: 'urn:box-office:problem:sold-out',
      title: 'No tickets available',
      status: 410,
      code: 'sold-out',
      detail: 'Since May.',
    })
  })
})
