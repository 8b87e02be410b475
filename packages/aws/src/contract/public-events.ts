/** The policy that hands public events to other systems; `WeirApp` and the functions add it where an aggregate has such events. */
export const publicEventsPolicy = 'public-events'
