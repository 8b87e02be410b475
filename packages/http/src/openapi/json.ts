/** A part of an OpenAPI document or of a JSON Schema. */
export type Json = { readonly [key: string]: unknown }
