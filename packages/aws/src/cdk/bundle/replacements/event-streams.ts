/** In the place of `@smithy/core/event-streams`: no service that functions call streams events. */
export class EventStreamSerde {
  constructor() {
    throw new Error('A function has called a service that streams events: its bundle leaves out what reads them')
  }
}
