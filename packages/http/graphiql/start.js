/* global GraphiQL, React, ReactDOM */

/** Starts GraphiQL on the page that it stands in. What differs from application to application stands in data attributes. */

const place = document.getElementById('graphiql')
const address = location.pathname

/** Of each application its own, though all are of one origin. */
const storage = {
  getItem: (name) => localStorage.getItem(`${address} ${name}`),
  setItem: (name, value) => localStorage.setItem(`${address} ${name}`, value),
  removeItem: (name) => localStorage.removeItem(`${address} ${name}`),
  clear: () => {
    for (const name of Object.keys(localStorage)) if (name.startsWith(`${address} `)) localStorage.removeItem(name)
  },
  get length() {
    return Object.keys(localStorage).filter((name) => name.startsWith(`${address} `)).length
  },
}

function send(request, headers, accept, signal) {
  return fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify(request),
    signal,
  })
}

function isSubscription({ operationName }, definitions = []) {
  const operations = definitions.filter(({ kind }) => kind === 'OperationDefinition')
  const meant = operations.find(({ name }) => !operationName || name?.value === operationName)
  return meant?.operation === 'subscription'
}

/** Results as they come, until GraphiQL takes no more. */
function subscribe(request, headers) {
  const leaving = new AbortController()
  const results = read(request, headers, leaving.signal)
  return {
    next: () => results.next(),
    return: () => {
      leaving.abort()
      return results.return()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

async function* read(request, headers, signal) {
  try {
    const answer = await send(request, headers, 'text/event-stream', signal)
    if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) {
      yield await answer.json()
      return
    }
    for await (const { event, data } of events(answer.body)) {
      if (event === 'complete') return
      if (event === 'next') yield JSON.parse(data)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    const blocks = text.split('\n\n')
    text = blocks.pop()
    for (const block of blocks) yield eventIn(block)
  }
}

function eventIn(block) {
  const field = (name) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  return { event: field('event'), data: field('data') }
}

function fetcher(request, { headers = {}, documentAST } = {}) {
  if (isSubscription(request, documentAST?.definitions)) return subscribe(request, headers)
  return send(request, headers, 'application/graphql-response+json, application/json').then((answer) => answer.json())
}

const options = {
  fetcher,
  storage,
  defaultTabs: JSON.parse(place.dataset.tabs),
  defaultHeaders: place.dataset.headers || undefined,
  defaultEditorToolsVisibility: true,
  shouldPersistHeaders: false,
}

const logo = React.createElement(GraphiQL.Logo, null, place.dataset.title)
ReactDOM.createRoot(place).render(React.createElement(GraphiQL, options, logo))
