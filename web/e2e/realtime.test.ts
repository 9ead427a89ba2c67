import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Realtime } from "@sep/realtime";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./browser.ts";
import { Client, script, stack, user } from "./stack.ts";

declare global {
  /** The library as the page's bundler makes it. */
  var SepRealtime: typeof import("@sep/realtime");
  var realtime: Realtime;
  var heard: { type: string; id: string; contact: string | null }[];
  var restarts: number;
}

let browser: Browser;
let context: BrowserContext;
let library: string;
let rep: Client;

beforeAll(async () => {
  browser = await launch();
  rep = await Client.signIn(user("rep"));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      lib: {
        entry: fileURLToPath(new URL("../packages/realtime/src/index.ts", import.meta.url)),
        name: "SepRealtime",
        formats: ["iife"],
      },
    },
  });
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("nothing was built");
  library = output.output[0].code;
});

afterAll(() => browser.close());

/** A tab of the page's origin with the library in it, and the sockets it has opened. */
async function open(): Promise<{ page: Page; sockets: string[] }> {
  const page = await context.newPage();
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(`${stack.web_url}/icon.svg`);
  await page.evaluate(library.replace(/^var SepRealtime\s*=/m, "globalThis.SepRealtime ="));
  await page.evaluate(async (owner) => {
    globalThis.heard = [];
    globalThis.restarts = 0;
    const { SepRealtime } = globalThis;
    globalThis.realtime = new SepRealtime.Realtime({
      user: owner,
      ticket: () => (globalThis as unknown as { ticket: () => Promise<never> }).ticket(),
    });
    realtime.onEvent(({ type, id, contact_id }) => heard.push({ type, id, contact: contact_id }));
    realtime.onRestart(() => {
      globalThis.restarts += 1;
    });
  }, "usr_of_this_test");
  await page.waitForFunction(() => restarts > 0 && realtime.status.state === "live");
  return { page, sockets };
}

test("tabs share one socket to the stack; cut off, they get what they missed", async () => {
  context = await browser.newContext({ bypassCSP: true });
  context.setDefaultTimeout(60_000);
  await context.exposeFunction("ticket", () => rep.post("/v1/realtime/ticket"));
  const [first, second] = [await open(), await open()];
  expect([first.sockets.length, second.sockets.length]).toEqual([1, 0]);
  expect(await first.page.evaluate(() => realtime.leads)).toBe(true);

  const number = `+1415555${String(100 + (process.pid % 100)).padStart(4, "0")}`;
  await script({ to: number, ring_ms: 50, answer_ms: 100, talk_ms: 1_000 });
  const { id } = await rep.post<{ id: string }>("/v1/contacts", {
    first_name: `Socket ${randomUUID().slice(0, 8)}`,
    phones: [{ number, type: "work" }],
  });
  const hears = (page: Page, type: string, count: number) =>
    page.waitForFunction(
      ([wanted, contact, least]) =>
        heard.filter((event) => event.type === wanted && event.contact === contact).length >= least,
      [type, id, count] as const,
      { timeout: 60_000 },
    );
  await rep.post("/v1/calls", { contact_id: id, mode: "bridge" });
  for (const { page } of [first, second]) await hears(page, "activity.created", 1);

  // The tab with the socket is closed in the middle of a call: the other one takes over and misses nothing.
  await rep.post("/v1/calls", { contact_id: id, mode: "bridge" });
  await first.page.close();
  await hears(second.page, "activity.created", 2);
  expect(second.sockets.length).toBe(1);
  const events = await second.page.evaluate(() => heard.map((event) => event.id));
  expect(new Set(events).size).toBe(events.length);
  expect(await second.page.evaluate(() => restarts)).toBe(1);
  await context.close();
});
