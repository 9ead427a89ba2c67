import { ApiProblem } from "@sep/api";
import { expect, test } from "vitest";
import { SessionStore, type Tokens } from "./store.ts";
import type { SessionListener, SessionTabs } from "./tabs.ts";

/** Tabs of one browser, each with its own storage, before a server whose refresh tokens serve once. */
class Browser {
  readonly #tabs: SessionListener[] = [];
  #lock: Promise<unknown> = Promise.resolve();
  #valid = new Set<string>();
  issued = 0;
  refusing: number | undefined;
  now = 0;

  issue(user = "sub-1"): Tokens {
    this.issued += 1;
    const refresh = `refresh-${this.issued}`;
    this.#valid.add(refresh);
    return {
      access_token: `x.${btoa(JSON.stringify({ sub: user, n: this.issued }))}.x`,
      id_token: "id",
      refresh_token: refresh,
      token_type: "Bearer",
      expires_in: 3_600,
    };
  }

  tab(storage = new Map<string, string>()): SessionStore {
    let mine: SessionListener | undefined;
    const others = () => this.#tabs.filter((tab) => tab !== mine);
    const tabs: SessionTabs = {
      listen: (listener) => {
        mine = listener;
        this.#tabs.push(listener);
      },
      ask: async () =>
        others()
          .map((tab) => tab.tokens())
          .find((tokens) => tokens !== undefined),
      announce: (tokens) => {
        for (const tab of others()) tab.changed(tokens);
      },
      announceSignOut: (user) => {
        for (const tab of others()) tab.signedOut(user);
      },
      oneAtATime: (task) => {
        const result = this.#lock.then(task);
        this.#lock = result.catch(() => {});
        return result;
      },
    };
    return new SessionStore({
      refresh: async (token) => {
        if (this.refusing !== undefined) throw new ApiProblem(this.refusing, undefined);
        if (!this.#valid.delete(token)) throw new ApiProblem(401, undefined);
        return this.issue();
      },
      signOut: async ({ refresh_token }) => void this.#valid.delete(refresh_token),
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
      tabs,
      now: () => this.now,
    });
  }
}

test("a reload goes on with the stored token, and stores the next", async () => {
  const browser = new Browser();
  const storage = new Map<string, string>();
  browser.tab(storage).signedIn(browser.issue());
  const reloaded = new Browser();
  reloaded.issue();
  const tab = reloaded.tab(storage);
  await tab.restore();
  expect(tab.state).toEqual({ phase: "signed-in" });
  expect([...storage.values()]).toEqual(["refresh-2"]);
});

test("a new tab is signed in like the others, and without others it is not", async () => {
  const browser = new Browser();
  const first = browser.tab();
  await first.restore();
  expect(first.state).toEqual({ phase: "signed-out" });
  first.signedIn(browser.issue());
  const second = browser.tab();
  await second.restore();
  expect(await second.accessToken()).toBe(await first.accessToken());
});

test("tabs and requests at the same time use one refresh token up, not several", async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  one.signedIn(browser.issue());
  await two.restore();
  browser.now = 3_590_000;
  const tokens = await Promise.all([one, two, one, two].map((tab) => tab.accessToken()));
  expect(new Set(tokens).size).toBe(1);
  expect(browser.issued).toBe(2);
});

test("a token that was refused before its time is renewed once", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  tab.signedIn(browser.issue());
  const before = (await tab.accessToken()) ?? "";
  const renewed = await tab.renew(before);
  expect(renewed).not.toBe(before);
  expect(await tab.renew(before)).toBe(renewed);
  expect(browser.issued).toBe(2);
});

test("when the server ends the session the tab says so; when it does not answer the session stays", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  tab.signedIn(browser.issue());
  const token = (await tab.accessToken()) ?? "";
  browser.refusing = 503;
  await expect(tab.renew(token)).rejects.toMatchObject({ status: 503 });
  expect(tab.state).toEqual({ phase: "signed-in" });
  browser.refusing = 401;
  expect(await tab.renew(token)).toBeUndefined();
  expect(tab.state).toEqual({ phase: "signed-out", reason: "expired" });
});

test("signing out signs the user's other tabs out, and nobody else's", async () => {
  const browser = new Browser();
  const [one, two, stranger] = [browser.tab(), browser.tab(), browser.tab()];
  one.signedIn(browser.issue("sub-1"));
  await two.restore();
  stranger.signedIn(browser.issue("sub-2"));
  await one.signOut();
  expect([one, two, stranger].map((tab) => tab.state.phase)).toEqual([
    "signed-out",
    "signed-out",
    "signed-in",
  ]);
});
