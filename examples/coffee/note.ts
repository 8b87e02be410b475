import * as z from 'zod'

/** Why something was done, as it is recorded; null if nobody has said. */
export const Note = z.string().nullable()

/** The same as people may give it. */
export const GivenNote = z.string().trim().max(500).nullable().default(null)
