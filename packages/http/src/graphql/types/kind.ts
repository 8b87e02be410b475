import type { Field, Identity, Place } from './place.ts'

export type Scalar = 'ID' | 'String' | 'Int' | 'Float' | 'Boolean' | 'JSON'

/** What GraphQL can say of a part of a JSON Schema, but for whether it may be null. */
export type Kind =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  /** `values`: by the name of each in GraphQL. */
  | { readonly kind: 'enum'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'list'; readonly items: Place }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly identity: Identity }
  | {
      readonly kind: 'union'
      readonly discriminator: string
      readonly variants: ReadonlyMap<string, Place>
      readonly identity: Identity
    }

export type Shape = Kind & { readonly isNullable: boolean }
