import { expect, test } from "vitest";
import { type Cause, causeOfClose, reconnectDelay } from "../src/backoff.ts";
import { chances } from "./chances.ts";

const CLIENTS = 10_000;
/** API Gateway's published default: new connections per second and account, over all WebSocket APIs of a region. */
const CONNECTIONS_PER_SECOND = 500;
/** The stage's throttle in infra/api.yaml, which the request for a ticket passes. */
const TICKETS_PER_SECOND = 1_000;
const TICKET_BURST = 2_000;

test("the window doubles with every failed attempt up to half a minute, and is used from its beginning", () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 60].map((attempt) => reconnectDelay(attempt, "alone", 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(reconnectDelay(3, "alone", 0)).toBe(0);
  expect(reconnectDelay(0, "expired", 1)).toBe(1_000);
});

test("where everybody was cut the window is never shorter than twenty seconds", () => {
  expect([0, 4, 5].map((attempt) => reconnectDelay(attempt, "everybody", 1))).toEqual([
    20_000, 20_000, 30_000,
  ]);
});

test("the close code and the age of the socket tell whether others were cut too", () => {
  expect(causeOfClose(1001, 60_000)).toBe("everybody");
  expect(causeOfClose(1012, 0)).toBe("everybody");
  expect(causeOfClose(1006, 60_000)).toBe("alone");
  expect(causeOfClose(1001, 2 * 60 * 60 * 1_000 - 5_000)).toBe("expired");
});

test("10,000 clients that are told of a common cut are back within the limits, nearly all in 25 seconds", () => {
  const back = stampede("everybody");
  expect(back.nearlyAll).toBeLessThanOrEqual(25);
  expect(back.seconds).toBeLessThanOrEqual(60);
  // Spread over the window they ask as fast as they are taken, so only the unevenness of chance is refused.
  expect(back.refused).toBeLessThan(CLIENTS * 0.1);
  expect(back.peakTickets).toBeLessThan(TICKETS_PER_SECOND);
});

test("10,000 clients that think themselves alone are refused more often, and are back within a minute all the same", () => {
  const back = stampede("alone");
  expect(back.seconds).toBeLessThanOrEqual(60);
  expect(back.refused / CLIENTS).toBeLessThan(5);
});

interface Stampede {
  /** Until 99 of 100 clients are connected. */
  nearlyAll: number;
  /** Until the last one is. */
  seconds: number;
  /** Handshakes and tickets that were refused. */
  refused: number;
  peakTickets: number;
}

/** All clients are cut at time 0. Both limits are token buckets that fill once a second. */
function stampede(cause: Cause): Stampede {
  const random = chances(500);
  const attempts = new Map<number, number[]>();
  const plan = (at: number, attempt: number) => {
    // The gateway's refusal of one handshake says nothing about everybody.
    const due = at + reconnectDelay(attempt, attempt === 0 ? cause : "alone", random());
    const second = Math.floor(due / 1_000);
    attempts.set(second, [...(attempts.get(second) ?? []), attempt]);
  };
  for (let client = 0; client < CLIENTS; client += 1) plan(0, 0);
  let [connected, nearlyAll, refused, peakTickets, tickets] = [0, 0, 0, 0, TICKET_BURST];
  let second = 0;
  for (; connected < CLIENTS; second += 1) {
    tickets = Math.min(TICKET_BURST, tickets + TICKETS_PER_SECOND);
    let connections = CONNECTIONS_PER_SECOND;
    const due = attempts.get(second) ?? [];
    peakTickets = Math.max(peakTickets, due.length);
    for (const attempt of due) {
      if (tickets > 0 && connections > 0) {
        connected += 1;
        connections -= 1;
      } else {
        refused += 1;
        plan((second + 1) * 1_000, attempt + 1);
      }
      tickets = Math.max(0, tickets - 1);
    }
    if (nearlyAll === 0 && connected >= CLIENTS * 0.99) nearlyAll = second + 1;
  }
  return { nearlyAll, seconds: second, refused, peakTickets };
}
