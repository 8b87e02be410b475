import { expect, test } from 'vitest'
import { faultOfPlaces, placeIn } from './place.ts'

test.each(['99', '-1', 'abc', '1.5', ''])('of three versions none is %j, and that is said', (text) => {
  expect(placeIn(text, 3)).toBeUndefined()
  expect(faultOfPlaces([undefined, text], 3, 'version')).toBe(
    `There is no version ‘${text}’ here: they go from 0 to 3.`,
  )
})

test('what is a version is none to speak of', () => {
  expect(['0', '3'].map((text) => placeIn(text, 3))).toEqual([0, 3])
  expect(faultOfPlaces(['0', '3', undefined], 3, 'version')).toBeUndefined()
})
