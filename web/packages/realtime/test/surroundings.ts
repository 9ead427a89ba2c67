import { WebSocket } from "ws";
import type { Platform, Timings, Wake } from "../src/index.ts";
import type { Locks, TabsPlatform } from "../src/tabs.ts";

/** Short enough for a test, and in the proportions of the real ones. */
export const QUICK: Timings = {
  heartbeat: 60_000,
  answer: 400,
  gap: 40,
  opening: 2_000,
  trust: 0,
  settled: 30_000,
};

/** Surroundings whose network and chance are set by the test; time is real. */
export class Surroundings implements Platform {
  readonly #listeners = new Set<(wake: Wake) => void>();
  readonly WebSocket = WebSocket;
  online = true;
  /** Waits are a tenth of a second at most unless a test wants them longer. */
  chance = 0.01;

  now(): number {
    return Date.now();
  }

  random(): number {
    return this.chance;
  }

  after(delay: number, task: () => void): () => void {
    const timer = setTimeout(task, delay);
    return () => clearTimeout(timer);
  }

  isOnline(): boolean {
    return this.online;
  }

  onWake(listener: (wake: Wake) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  wake(wake: Wake): void {
    for (const listener of this.#listeners) listener(wake);
  }
}

/** One browser: locks that its tabs share, and Node's own BroadcastChannel under names that no other test uses. */
export function browser(name: string): TabsPlatform {
  const held = new Map<string, Promise<unknown>>();
  const locks: Locks = {
    request: (lock, { signal }, task) => {
      const before = held.get(lock) ?? Promise.resolve();
      const mine = before.then(() => {
        signal?.throwIfAborted();
        return task();
      });
      held.set(
        lock,
        mine.catch(() => {}),
      );
      return mine;
    },
  };
  return { locks, channel: (channel) => new BroadcastChannel(`${name}:${channel}`) };
}
