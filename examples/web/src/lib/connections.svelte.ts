/** How many live queries have lost their server. */
class Connections {
  lost: number = $state(0)
}

export const connections: Connections = new Connections()
