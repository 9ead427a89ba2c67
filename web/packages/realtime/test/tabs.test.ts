import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Realtime, type TabsPlatform } from "../src/index.ts";
import { LogServer } from "./log-server.ts";
import { browser, QUICK, Surroundings } from "./surroundings.ts";

let server: LogServer;
let tabs: Tab[];
let shared: TabsPlatform;

beforeEach(async () => {
  server = await LogServer.start();
  shared = browser(randomUUID());
  tabs = [];
});

afterEach(async () => {
  for (const tab of tabs) tab.realtime.close();
  await server.stop();
});

class Tab {
  readonly events: string[] = [];
  readonly realtime: Realtime;
  restarts = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(user = "usr_a", platform: TabsPlatform | null = shared) {
    this.realtime = new Realtime({
      user,
      ticket: async () => server.ticket,
      platform: new Surroundings(),
      tabs: platform ?? undefined,
      timings: QUICK,
    });
    this.realtime.onEvent((event) => this.#note(() => this.events.push(event.id)));
    this.realtime.onRestart(() => this.#note(() => (this.restarts += 1)));
    this.realtime.onStatus(() => this.#note(() => {}));
    tabs.push(this);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  begun(): Promise<void> {
    return this.until(() => this.restarts > 0 && this.realtime.status.state === "live");
  }

  #note(take: () => void): void {
    take();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const follows = () => server.frames.filter(({ type }) => type === "subscribe" || type === "unsubscribe");

test("tabs of a browser share one socket, and each hears everything once", async () => {
  const first = new Tab();
  await first.begun();
  const others = [new Tab(), new Tab()];
  await Promise.all(others.map((tab) => tab.begun()));
  server.push(server.write(), server.write());
  for (const tab of [first, ...others]) {
    await tab.until(() => tab.events.length === 2);
    expect(tab.events).toEqual(["evt_1", "evt_2"]);
    expect(tab.restarts).toBe(1);
  }
  expect(server.connections).toBe(1);
  expect(tabs.map((tab) => tab.realtime.leads)).toEqual([true, false, false]);
});

test("when the tab with the socket closes another goes on where the log was", async () => {
  const first = new Tab();
  await first.begun();
  const others = [new Tab(), new Tab()];
  await Promise.all(others.map((tab) => tab.begun()));
  server.push(server.write());
  await Promise.all(others.map((tab) => tab.until(() => tab.events.length === 1)));
  first.realtime.close();
  server.write();
  for (const tab of others) {
    await tab.until(() => tab.events.length === 2);
    expect(tab.events).toEqual(["evt_1", "evt_2"]);
    expect(tab.restarts).toBe(1);
  }
  expect(server.connections).toBe(2);
  await server.until(() => server.open === 1);
});

test("the socket follows what any tab shows, until the last of them has closed it", async () => {
  const first = new Tab();
  const release = first.realtime.follow("con_a");
  await first.begun();
  const second = new Tab();
  second.realtime.follow("con_a");
  second.realtime.follow("con_b");
  await server.until(() => follows().length === 2);
  release();
  second.realtime.close();
  await server.until(() => follows().length === 4);
  expect(follows().map(({ type, contact_id }) => `${type} ${contact_id}`)).toEqual([
    "subscribe con_a",
    "subscribe con_b",
    "unsubscribe con_a",
    "unsubscribe con_b",
  ]);
});

test("users of one browser do not hear each other", async () => {
  const one = new Tab("usr_a");
  const other = new Tab("usr_b");
  await Promise.all([one.begun(), other.begun()]);
  expect(server.connections).toBe(2);
  expect([one.realtime.leads, other.realtime.leads]).toEqual([true, true]);
});

test("without locks each tab has a socket of its own", async () => {
  const alone = [new Tab("usr_a", null), new Tab("usr_a", null)];
  await Promise.all(alone.map((tab) => tab.begun()));
  expect(server.connections).toBe(2);
});

test("listeners of one type hear that type, until they stop", async () => {
  const tab = new Tab();
  await tab.begun();
  const heard: string[] = [];
  const stop = tab.realtime.on("activity.created", (event) => heard.push(event.data.id));
  tab.realtime.on("call.updated", () => heard.push("wrong"));
  server.push(server.write());
  await tab.until(() => tab.events.length === 1);
  stop();
  server.push(server.write());
  await tab.until(() => tab.events.length === 2);
  expect(heard).toEqual(["act_1"]);
});
