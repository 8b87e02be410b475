/** The database that all applications of a stack share; each has a schema of its own in it. */
export const databaseName = 'weir'

/**
 * Who connects to the database, by tokens of IAM. `migrate` makes both with the administrator's secret: `writer` owns the schemas, `reader`
 * may only SELECT in them, also in what will be made later.
 */
export const databaseRoles = { writer: 'weir_writer', reader: 'weir_reader' } as const

/** Who the database is made with. */
export const databaseAdmin = 'weir_admin'
