import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { barriers } from "./accessibility.ts";
import { complaints, launch } from "./browser.ts";
import { Client, script, stack, user } from "./stack.ts";

declare global {
  var shown: string[];
}

/** For one step: the first use of a function on a slow machine starts it. */
const PATIENCE = 60_000;

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

test("a rep signs in, finds a contact, calls it, and sees what happens as it happens", async () => {
  const rep = await Client.signIn(user("rep"));
  const number = `+1415555${String(100 + ((process.pid + 50) % 100)).padStart(4, "0")}`;
  const surname = `Quartz${randomUUID().slice(0, 6)}`;
  const contact = await rep.post<{ id: string }>("/v1/contacts", {
    first_name: "Marguerite",
    last_name: surname,
    company_name: "Walkers",
    phones: [{ number, type: "work" }],
  });
  // Each state lasts long enough to be seen on a machine that has other things to do.
  await script({ to: number, ring_ms: 1_500, answer_ms: 4_000, talk_ms: 6_000 });

  const context = await browser.newContext({ permissions: ["notifications"] });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(recordNotifications);
  const page = await context.newPage();
  const heard = complaints(page);
  await page.goto(stack.web_url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await signIn(page);
  await page.getByText("Live", { exact: true }).waitFor();

  await find(page, surname);
  await page.getByRole("heading", { level: 1, name: `Marguerite ${surname}` }).waitFor();

  await page.getByRole("button", { name: `Call ${number}` }).click();
  const bar = page.getByRole("complementary", { name: "Current call" });
  for (const state of ["Ringing …", "Connected", "Call ended"]) await bar.getByText(state).waitFor();
  await page.getByRole("listitem").filter({ hasText: "Call, answered" }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await doTask(page);
  await mention(page, contact.id);
  await bar.getByRole("button", { name: "Close" }).click();
  await bar.waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(heard).toEqual([]);
  await context.close();
});

async function signIn(page: Page): Promise<void> {
  const { email, password } = user("rep");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** With a letter wrong, and by the keyboard alone. */
async function find(page: Page, surname: string): Promise<void> {
  await page.keyboard.press("/");
  await page.keyboard.type(`Margerite ${surname}`);
  const row = page.getByRole("link", { name: surname });
  await row.waitFor();
  await row.focus();
  await page.keyboard.press("Enter");
}

/** Sets a task, puts it off, and does it; the timeline tells. */
async function doTask(page: Page): Promise<void> {
  const text = `Send the offer ${randomUUID().slice(0, 6)}`;
  await page.getByLabel("What is to be done").fill(text);
  await page.getByRole("button", { name: "Add task" }).click();
  const row = page.getByRole("list", { name: "Open tasks" }).getByRole("listitem").filter({ hasText: text });
  await row.waitFor();
  await page.getByRole("listitem").filter({ hasText: "Task" }).filter({ hasText: text }).last().waitFor();
  await row.getByRole("button", { name: "Put off by an hour" }).click();
  await row.getByText("Put off: ").waitFor();
  await row.getByRole("button", { name: "Done" }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("listitem").filter({ hasText: "Task, done" }).filter({ hasText: text }).waitFor();
  expect(await barriers(page)).toEqual([]);
}

/** Somebody else writes about the contact and names the rep: timeline, bell and browser tell, without a reload. */
async function mention(page: Page, contact: string): Promise<void> {
  const rep = await Client.signIn(user("rep"));
  const manager = await Client.signIn(user("manager"));
  const { id } = await rep.get<{ id: string }>("/v1/me");
  const text = `Ask about the offer ${randomUUID().slice(0, 6)}`;
  const bell = page.getByRole("button", { name: /^Notifications, / });
  const before = await bell.getAttribute("aria-label");
  await manager.post(`/v1/contacts/${contact}/notes`, { text, mentions: [id] });
  await page.getByText(text).waitFor();
  await page.waitForFunction(() => shown.includes("You were mentioned"));
  await bell.click();
  await page.getByRole("region", { name: "Notifications" }).getByText("You were mentioned").first().waitFor();
  expect(await bell.getAttribute("aria-label")).not.toBe(before);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByRole("button", { name: "Notifications, 0 unread" }).waitFor();
  await page.keyboard.press("Escape");
}

/** Runs in the page before anything else: keeps the titles of the notifications that the browser has shown. */
function recordNotifications(): void {
  globalThis.shown = [];
  const Original = window.Notification;
  window.Notification = class extends Original {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      this.addEventListener("show", () => globalThis.shown.push(title));
    }
  };
}
