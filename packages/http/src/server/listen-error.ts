/** Says in words what keeps a server from listening and what to do about it. */
export function explainListenError(error: NodeJS.ErrnoException, port: number): Error {
  const advice = adviceFor(error.code, port)
  return advice === undefined ? error : new Error(advice, { cause: error })
}

function adviceFor(code: string | undefined, port: number): string | undefined {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what listens there, or set PORT to another one`
  if (code === 'EACCES') return `Port ${port} needs rights that this process lacks: set PORT to 1024 or more`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'This machine does not have the address to listen on'
  return undefined
}
