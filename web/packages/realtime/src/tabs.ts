import type { Wake } from "./platform.ts";
import type { Position, SequencedEvent } from "./sequencer.ts";
import type { Status } from "./status.ts";

/** What tabs of one user tell each other. The tab that holds the socket leads. */
export type TabMessage =
  /** From a new tab: who leads, and where are we? */
  | { kind: "joined" }
  /** From the leader, when it takes over and to whoever joins. */
  | { kind: "leading"; position: Position | undefined; status: Status }
  | { kind: "event"; event: SequencedEvent }
  | { kind: "restart"; position: Position }
  | { kind: "status"; status: Status }
  /** To the leader: the contacts that a tab shows. */
  | { kind: "following"; tab: string; contacts: string[] }
  /** To the leader: a tab has been woken, its socket may be dead. */
  | { kind: "woken"; wake: Wake };

/** The part of the Web Locks API that is used. */
export interface Locks {
  request(name: string, options: { signal?: AbortSignal }, task: () => Promise<void>): Promise<unknown>;
}

/** The part of a `BroadcastChannel` that is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((message: MessageEvent) => void) | null;
  close(): void;
}

/** How tabs find each other. */
export interface TabsPlatform {
  locks: Locks;
  channel(name: string): Channel;
}

/** What browsers have; `undefined` where they lack a part of it, and each tab then has a socket of its own. */
export function browserTabs(): TabsPlatform | undefined {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return undefined;
  if (typeof BroadcastChannel === "undefined") return undefined;
  return {
    locks: { request: (name, options, task) => navigator.locks.request(name, options, task) },
    channel: (name) => new BroadcastChannel(name),
  };
}

/**
 * Holds a lock until `signal` aborts, and says when it got it. The browser gives the lock on when the tab is gone,
 * however it went.
 */
export function hold(locks: Locks, name: string, signal: AbortSignal, held: () => void): void {
  const untilAborted = () =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
      held();
    });
  // Rejected when the signal aborts before the lock was free: nothing is held then, and nothing is lost.
  locks.request(name, { signal }, untilAborted).catch(() => {});
}

/** Runs `gone` when the holder of the lock is gone. */
export function whenReleased(locks: Locks, name: string, signal: AbortSignal, gone: () => void): void {
  locks.request(name, { signal }, async () => gone()).catch(() => {});
}
