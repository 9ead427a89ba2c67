/** How things stand with the socket. */
export type Status =
  /** A ticket is being fetched, a socket is being opened. */
  | { state: "connecting" }
  /** The server has answered on this socket: what happens is seen as it happens. */
  | { state: "live" }
  /** The next attempt comes in `retryIn` milliseconds; with `offline` the machine has no network. */
  | { state: "waiting" | "offline"; retryIn: number }
  /** The session is over; nothing more will come. */
  | { state: "ended" };
