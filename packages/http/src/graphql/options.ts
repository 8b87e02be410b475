/** Bounds for what one request may ask for. */
export interface GraphqlLimits {
  /** How deeply fields may be nested; 15 if not given. */
  readonly depth?: number
  /**
   * How much may be asked for at once; 100,000 if not given. A read or a command costs 100, a field of a document 1, one
   * in a list within 10, the schema 5,000.
   */
  readonly cost?: number
}

export interface GraphqlOptions extends GraphqlLimits {
  /** Whether clients may ask for the schema; true if not given. */
  readonly introspection?: boolean
  /** Whether people who come with a browser are shown GraphiQL; as `introspection` if not given: it lives on that. */
  readonly graphiql?: boolean
}

/** Whether people are shown GraphiQL. */
export function showsGraphiql({ introspection = true, graphiql = introspection }: GraphqlOptions): boolean {
  return graphiql
}
