import { afterEach, beforeEach, expect, test } from "vitest";
import { Connection, SessionEnded, type Timings } from "../src/connection.ts";
import type { Position } from "../src/sequencer.ts";
import type { Status } from "../src/status.ts";
import { chances } from "./chances.ts";
import { LogServer } from "./log-server.ts";
import { QUICK, Surroundings } from "./surroundings.ts";

let server: LogServer;
let clients: Client[];

beforeEach(async () => {
  server = await LogServer.start();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.connection.stop();
  await server.stop();
});

/** A connection, and everything it has told. */
class Client {
  readonly surroundings = new Surroundings();
  readonly events: number[] = [];
  readonly restarts: Position[] = [];
  readonly statuses: Status[] = [];
  readonly connection: Connection;
  readonly #waiting: (() => void)[] = [];

  constructor(
    options: { position?: Position; timings?: Partial<Timings>; ticket?: () => Promise<never> } = {},
  ) {
    this.connection = new Connection({
      ticket: options.ticket ?? (async () => server.ticket),
      platform: this.surroundings,
      timings: { ...QUICK, ...options.timings },
      position: options.position,
      onEvent: ({ seq }) => this.#note(() => this.events.push(seq)),
      onRestart: (position) => this.#note(() => this.restarts.push(position)),
      onStatus: (status) => this.#note(() => this.statuses.push(status)),
    });
    clients.push(this);
    this.connection.start();
  }

  get state(): string | undefined {
    return this.statuses.at(-1)?.state;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  live(): Promise<void> {
    return this.until(() => this.state === "live");
  }

  #note(take: () => void): void {
    take();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test("a new client begins where the log ends, and hears what comes after", async () => {
  server.write();
  const client = new Client();
  await client.live();
  expect(client.restarts).toEqual([{ epoch: "epoch-1", seq: 1 }]);
  server.push(server.write());
  await client.until(() => client.events.length === 1);
  expect(client.events).toEqual([2]);
  expect(server.frames[0]).toEqual({ type: "resume" });
});

test("a client that was cut off gets exactly what it missed", async () => {
  const client = new Client();
  await client.live();
  server.push(server.write());
  await client.until(() => client.events.length === 1);
  server.cut(1000);
  await client.until(() => client.state === "waiting");
  for (let entry = 0; entry < 5; entry += 1) server.write();
  await client.until(() => client.events.length === 6);
  expect(client.events).toEqual(upTo(6));
  expect(client.restarts).toHaveLength(1);
  expect(server.connections).toBe(2);
});

test("entries that overtake each other are put in order without asking", async () => {
  const client = new Client({ timings: { gap: 60_000 } });
  await client.live();
  for (let entry = 0; entry < 4; entry += 1) server.write();
  server.push(3, 1, 4, 4, 1, 2, 3);
  await client.until(() => client.events.length === 4);
  expect(client.events).toEqual([1, 2, 3, 4]);
  expect(server.frames.filter((frame) => frame.type === "resume")).toHaveLength(1);
});

test("what does not come is asked for", async () => {
  const client = new Client();
  await client.live();
  for (let entry = 0; entry < 3; entry += 1) server.write();
  server.push(3);
  await client.until(() => client.events.length === 3);
  expect(client.events).toEqual([1, 2, 3]);
  expect(server.frames.at(-1)).toEqual({ type: "resume", epoch: "epoch-1", last_seq: 0 });
  expect(server.connections).toBe(1);
});

test("too far behind, or another log, begins anew", async () => {
  for (const known of [
    { epoch: "epoch-1", seq: 0 },
    { epoch: "another", seq: 3 },
    { epoch: "epoch-1", seq: 99 },
  ]) {
    await server.stop();
    server = await LogServer.start();
    for (let entry = 0; entry < 4; entry += 1) server.write();
    server.oldest = 3;
    const client = new Client({ position: known });
    await client.until(() => client.restarts.length === 1);
    expect(client.restarts).toEqual([{ epoch: "epoch-1", seq: 4 }]);
    server.push(server.write());
    await client.until(() => client.events.length === 1);
    expect(client.events).toEqual([5]);
    client.connection.stop();
  }
});

test("a connection that died silently is noticed by the heartbeat and replaced", async () => {
  const client = new Client({ timings: { heartbeat: 100 } });
  await client.live();
  server.fallSilent();
  server.push(server.write());
  await client.until(() => client.events.length === 1);
  expect(client.events).toEqual([1]);
  expect(server.connections).toBe(2);
});

test("a machine that wakes up asks at once whether its connection is alive", async () => {
  const client = new Client();
  await client.live();
  server.fallSilent();
  server.write();
  client.connection.woken("visible");
  await client.until(() => client.events.length === 1);
  expect(client.events).toEqual([1]);
});

test("a tab that is looked at again and again does not ask every time", async () => {
  const client = new Client({ timings: { trust: 60_000 } });
  await client.live();
  for (let look = 0; look < 5; look += 1) client.connection.woken("visible");
  client.connection.woken("online");
  await server.until(() => server.frames.length === 2);
  expect(server.frames.map(({ type }) => type)).toEqual(["resume", "resume"]);
});

test("refused handshakes and failing tickets are tried again, each with a new ticket", async () => {
  server.refusals = 3;
  let failures = 2;
  const client = new Client({
    ticket: async () => {
      failures -= 1;
      if (failures >= 0) throw new Error("503");
      return server.ticket as never;
    },
  });
  await client.live();
  expect(server.tickets).toBe(4);
  expect(client.statuses.filter(({ state }) => state === "waiting")).toHaveLength(5);
});

test("without a network it waits, and goes on the moment the network is back", async () => {
  const client = new Client();
  await client.live();
  client.surroundings.online = false;
  client.surroundings.chance = 0.999_999;
  server.refusals = 1_000;
  server.cut(1001);
  await client.until(() => client.state === "offline");
  server.refusals = 0;
  server.write();
  client.surroundings.online = true;
  // Left alone it would wait for twenty seconds.
  client.connection.woken("online");
  await client.until(() => client.events.length === 1);
  expect(client.events).toEqual([1]);
});

test("the end of the session ends the attempts", async () => {
  const client = new Client({ ticket: () => Promise.reject(new SessionEnded()) });
  await client.until(() => client.state === "ended");
  expect(server.connections).toBe(0);
});

test("contacts are followed again on every new socket, and no more of them than it may", async () => {
  const client = new Client();
  client.connection.follow(["con_a", "con_b", "con_a"]);
  await client.live();
  const follows = () => server.frames.filter(({ type }) => type === "subscribe" || type === "unsubscribe");
  await server.until(() => follows().length === 2);
  server.cut(1000);
  await server.until(() => follows().length === 4);
  expect(follows().map(({ contact_id }) => contact_id)).toEqual(["con_a", "con_b", "con_a", "con_b"]);
  const many = upTo(22).map((number) => `con_${number}`);
  client.connection.follow(many);
  await server.until(() => follows().length === 26);
  const later = follows().slice(4);
  expect(later.slice(0, 2).map(({ type }) => type)).toEqual(["unsubscribe", "unsubscribe"]);
  expect(later.slice(2).map(({ contact_id }) => contact_id)).toEqual(many.slice(2));
});

test("through cuts, silence, repetition and reordering every client ends with the server's log", async () => {
  const random = chances(7);
  const together = Array.from({ length: 10 }, () => new Client({ timings: { heartbeat: 150, answer: 150 } }));
  await Promise.all(together.map((client) => client.live()));
  for (let step = 0; step < 150; step += 1) {
    const entries = upTo(server.length + 1 + Math.floor(random() * 3), server.length + 1);
    for (const _ of entries) server.write();
    const chance = random();
    if (chance < 0.08) server.cut(1000 + Math.floor(random() * 2));
    else if (chance < 0.12) server.fallSilent();
    else if (chance < 0.5) server.push(...entries.toReversed(), ...entries);
    else if (chance < 0.9) server.push(...entries);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const all = upTo(server.length);
  await Promise.all(together.map((client) => client.until(() => client.events.length >= all.length)));
  for (const client of together) expect(client.events).toEqual(all);
});
