/** What a worker tells the process that watches over it. */
export type FromWorker =
  /** It depends on this file. */
  | { readonly kind: 'file'; readonly file: string }
  /** The code is loaded and sound; nothing is opened yet. */
  | { readonly kind: 'loaded' }
  | { readonly kind: 'listening'; readonly port: number }
  /** It cannot start, and has said why. */
  | { readonly kind: 'failed' }

/** What it is told. */
export type ToWorker =
  /** Open the stores and serve: on this port, if given, so that an address stays the same over restarts. */
  { readonly kind: 'serve'; readonly port: number | undefined; readonly announce: boolean } | { readonly kind: 'stop' }
