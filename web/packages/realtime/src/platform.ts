/** What the world around has changed into. */
export type Wake = "online" | "offline" | "visible";

/** What the library needs of its surroundings; time and chance among them, so that tests can set both. */
export interface Platform {
  /** Milliseconds since the epoch: a clock that goes on while the machine sleeps. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs `task` after `delay` milliseconds; gives what cancels it. */
  after(delay: number, task: () => void): () => void;
  /** `false` only where the machine knows that it has no network at all. */
  isOnline(): boolean;
  /** Tells of changes until the returned function is called. */
  onWake(listener: (wake: Wake) => void): () => void;
  /** The constructor of sockets: the browser's own, or one of the package `ws`. */
  WebSocket: unknown;
}

/** A browser tab. */
export function browserPlatform(): Platform {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after: (delay, task) => {
      const timer = setTimeout(task, delay);
      return () => clearTimeout(timer);
    },
    isOnline: () => navigator.onLine,
    onWake: listenForWake,
    WebSocket: globalThis.WebSocket,
  };
}

function listenForWake(listener: (wake: Wake) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener("online", () => listener("online"), { signal });
  window.addEventListener("offline", () => listener("offline"), { signal });
  // A laptop that was closed and a tab that was away come back through one of these.
  window.addEventListener("pageshow", () => listener("visible"), { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "visible") listener("visible");
    },
    { signal },
  );
  return () => stop.abort();
}
