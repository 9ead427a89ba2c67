import { ApiProblem, type Schemas } from "@sep/api";
import type { SessionTabs } from "./tabs.ts";

export type Tokens = Schemas["TokenSet"];

/** Whether somebody is signed in, and why not. */
export type SessionState =
  | { phase: "restoring" }
  | { phase: "signed-out"; reason?: "expired" }
  | { phase: "signed-in" };

export interface SessionOptions {
  /** `POST /v1/auth/refresh`; rejects with an `ApiProblem` of status 401 when the session is over. */
  refresh(refreshToken: string): Promise<Tokens>;
  /** `POST /v1/auth/sign-out`. */
  signOut(tokens: Tokens): Promise<void>;
  /** Where the refresh token outlives a reload of the tab, and nothing longer. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  tabs: SessionTabs;
  /** Milliseconds since the epoch. */
  now(): number;
}

const STORED_AS = "sep.refresh-token";
/** Tokens are renewed this long before they expire, in milliseconds: a request takes a while, and clocks differ. */
const EARLY = 60_000;

/**
 * The tokens of this tab. The access token is in memory only. The refresh token is in the tab's session storage, so that
 * a reload does not sign the user out; it goes with the tab. Tabs of the same user hand each other the tokens, and one of
 * them at a time renews them, because every refresh token serves once.
 */
export class SessionStore {
  readonly #options: SessionOptions;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { phase: "restoring" };
  #tokens: Tokens | undefined;
  #expiresAt = 0;
  #renewal: Promise<string | undefined> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    options.tabs.listen({
      tokens: () => this.#tokens,
      changed: (tokens) => this.#changedElsewhere(tokens),
      signedOut: (user) => {
        if (this.#tokens !== undefined && userOf(this.#tokens) === user) this.#leave();
      },
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** After a reload by the stored token, in a new tab by asking the others. */
  async restore(): Promise<void> {
    const stored = this.#options.storage.getItem(STORED_AS);
    if (stored === null) {
      const tokens = await this.#options.tabs.ask();
      if (this.#state.phase !== "restoring") return;
      if (tokens === undefined) this.#set({ phase: "signed-out" });
      else this.#take(tokens);
      return;
    }
    try {
      this.#take(await this.#options.refresh(stored));
    } catch (error) {
      if (isOver(error)) this.#leave("expired");
      // Without an answer nobody knows: the token stays, and a reload tries again.
      else this.#set({ phase: "signed-out" });
    }
  }

  signedIn(tokens: Tokens): void {
    this.#take(tokens);
    this.#options.tabs.announce(tokens);
  }

  /** Ends the session here and in the user's other tabs, whatever the server answers. */
  async signOut(): Promise<void> {
    const tokens = this.#tokens;
    if (tokens === undefined) return;
    this.#leave();
    this.#options.tabs.announceSignOut(userOf(tokens));
    await this.#options.signOut(tokens).catch(() => {});
  }

  /** A token that holds, renewed if it is about to expire; `undefined` when nobody is signed in. */
  async accessToken(): Promise<string | undefined> {
    if (this.#tokens === undefined) return undefined;
    if (this.#options.now() < this.#expiresAt - EARLY) return this.#tokens.access_token;
    return await this.renew(this.#tokens.access_token);
  }

  /** The token after one that was refused; `undefined` when the session is over. */
  renew(refused: string): Promise<string | undefined> {
    this.#renewal ??= this.#renew(refused).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  #renew(refused: string): Promise<string | undefined> {
    return this.#options.tabs.oneAtATime(async () => {
      const tokens = this.#tokens;
      // Another tab, or another request, has been here before.
      if (tokens === undefined || tokens.access_token !== refused) return tokens?.access_token;
      try {
        const next = await this.#options.refresh(tokens.refresh_token);
        this.#take(next);
        this.#options.tabs.announce(next);
        return next.access_token;
      } catch (error) {
        if (!isOver(error)) throw error;
        this.#leave("expired");
        return undefined;
      }
    });
  }

  #changedElsewhere(tokens: Tokens): void {
    if (this.#tokens !== undefined && userOf(this.#tokens) === userOf(tokens)) this.#take(tokens);
  }

  #take(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#expiresAt = this.#options.now() + tokens.expires_in * 1_000;
    this.#options.storage.setItem(STORED_AS, tokens.refresh_token);
    if (this.#state.phase !== "signed-in") this.#set({ phase: "signed-in" });
  }

  #leave(reason?: "expired"): void {
    this.#tokens = undefined;
    this.#options.storage.removeItem(STORED_AS);
    this.#set(reason === undefined ? { phase: "signed-out" } : { phase: "signed-out", reason });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function isOver(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 400);
}

/** Who the tokens are for. Only the server can say whether that is true; here it tells tabs apart. */
export function userOf(tokens: Tokens): string {
  const payload = tokens.access_token.split(".")[1] ?? "";
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return String((claims as { sub?: unknown }).sub ?? "");
  } catch {
    return "";
  }
}
