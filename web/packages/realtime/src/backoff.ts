/** Why a client is without a socket. */
export type Cause =
  /** It was cut alone, or an attempt failed. */
  | "alone"
  /** The server let go of everybody: a deployment, a failure on its side. */
  | "everybody"
  /** The gateway's two hours were over; each client has its own two hours. */
  | "expired";

/** Milliseconds. */
export const FIRST_WINDOW = 1_000;
export const LONGEST_WINDOW = 30_000;
/** API Gateway takes 500 new connections a second; 10,000 clients need this long even in single file. */
export const EVERYBODYS_WINDOW = 20_000;
/** Shortly before the gateway's two hours, since its clock and ours do not start together. */
const LIFETIME = 2 * 60 * 60 * 1_000 - 60_000;

/**
 * How long to wait before an attempt, in milliseconds: full jitter, evenly spread over a window that doubles with every
 * failed attempt (`attempt` 0 is the first after the cut). Where everybody was cut at once the window is never shorter
 * than what the gateway needs to take them all. `random` is in [0, 1).
 */
export function reconnectDelay(attempt: number, cause: Cause, random: number): number {
  const window = Math.min(LONGEST_WINDOW, FIRST_WINDOW * 2 ** Math.max(0, attempt));
  return random * (cause === "everybody" ? Math.max(window, EVERYBODYS_WINDOW) : window);
}

/** What a close code says about the others. `openFor` in milliseconds. */
export function causeOfClose(code: number, openFor: number): Cause {
  if (openFor >= LIFETIME) return "expired";
  // Going away, service restart, try again later: what servers say to everybody.
  return code === 1001 || code === 1012 || code === 1013 ? "everybody" : "alone";
}
