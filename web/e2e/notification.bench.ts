import { writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./browser.ts";
import { Client, stack, user } from "./stack.ts";

declare global {
  /** When the browser has shown a notification, in milliseconds since the epoch. */
  var shownAt: number[];
}

const WARM_UP = 3;
const SAMPLES = 40;
const PATIENCE = 30_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

/** From the time that the function stamps on a note just before it commits to the browser's own word that it shows. */
test("a mention is in front of its user", async () => {
  const rep = await Client.signIn(user("rep"));
  const manager = await Client.signIn(user("manager"));
  const { id } = await rep.get<{ id: string }>("/v1/me");
  const context = await browser.newContext({ permissions: ["notifications"] });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(recordNotifications);
  const page = await context.newPage();
  await signIn(page);
  const milliseconds: number[] = [];
  for (let number = 0; number < WARM_UP + SAMPLES; number += 1) {
    // Each about a contact of its own: what comes about one within a minute is one notification.
    const contact = await manager.post<{ id: string }>("/v1/contacts", { first_name: `Bench ${number}` });
    const before = await page.evaluate(() => shownAt.length);
    const note = await manager.post<{ created_at: string }>(`/v1/contacts/${contact.id}/notes`, {
      text: "Bench",
      mentions: [id],
    });
    await page.waitForFunction((count) => shownAt.length > count, before);
    const shown = await page.evaluate(() => shownAt.at(-1) ?? 0);
    if (number >= WARM_UP) milliseconds.push(shown - Date.parse(note.created_at));
  }
  await context.close();
  expect(milliseconds.length).toBe(SAMPLES);
  const file = process.env.SEP_BENCH_FILE;
  if (file !== undefined) writeFileSync(file, JSON.stringify({ milliseconds }));
});

async function signIn(page: Page): Promise<void> {
  const { email, password } = user("rep");
  await page.goto(stack.web_url);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
}

/** Runs in the page before anything else. */
function recordNotifications(): void {
  globalThis.shownAt = [];
  const Original = window.Notification;
  window.Notification = class extends Original {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      this.addEventListener("show", () => globalThis.shownAt.push(Date.now()));
    }
  };
}
