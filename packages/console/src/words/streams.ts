/** A stream's name with the middle of its id left out. */
export function shortStream(stream: string): string {
  const [aggregate = '', ...rest] = stream.split('-')
  const id = rest.join('-')
  return id.length <= 10 ? stream : `${aggregate}-…${id.slice(-4)}`
}
