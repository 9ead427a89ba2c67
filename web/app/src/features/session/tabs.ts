import type { Tokens } from "./store.ts";

type Message = { kind: "ask" } | { kind: "tokens"; tokens: Tokens } | { kind: "signed-out"; user: string };

export interface SessionListener {
  tokens(): Tokens | undefined;
  changed(tokens: Tokens): void;
  signedOut(user: string): void;
}

/** How tabs of one origin share a session. Whatever runs in this origin could take part, as it could read our memory. */
export interface SessionTabs {
  listen(listener: SessionListener): void;
  /** The tokens of another tab; `undefined` where none answers. */
  ask(): Promise<Tokens | undefined>;
  announce(tokens: Tokens): void;
  announceSignOut(user: string): void;
  /** Runs `task` while no other tab runs one. */
  oneAtATime<Result>(task: () => Promise<Result>): Promise<Result>;
}

/** How long a new tab waits for the others, in milliseconds: they answer at once, or there are none. */
const PATIENCE = 250;
const NAME = "sep-session";

export function browserTabs(): SessionTabs {
  const channel = new BroadcastChannel(NAME);
  const say = (message: Message) => channel.postMessage(message);
  let answered: ((tokens: Tokens) => void) | undefined;
  return {
    listen(listener) {
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (data.kind === "ask") {
          const tokens = listener.tokens();
          if (tokens !== undefined) say({ kind: "tokens", tokens });
        } else if (data.kind === "tokens") {
          answered?.(data.tokens);
          listener.changed(data.tokens);
        } else {
          listener.signedOut(data.user);
        }
      };
    },
    ask: () =>
      new Promise((resolve) => {
        const done = (tokens: Tokens | undefined) => {
          answered = undefined;
          clearTimeout(timer);
          resolve(tokens);
        };
        const timer = setTimeout(() => done(undefined), PATIENCE);
        answered = done;
        say({ kind: "ask" });
      }),
    announce: (tokens) => say({ kind: "tokens", tokens }),
    announceSignOut: (user) => say({ kind: "signed-out", user }),
    oneAtATime: async (task) => await navigator.locks.request(`${NAME}-renewal`, async () => await task()),
  };
}
