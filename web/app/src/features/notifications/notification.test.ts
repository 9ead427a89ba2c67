import { expect, test } from "vitest";
import { inWords, KINDS, type Notification, unreadCount } from "./notification.ts";

test("one and several are told apart, and types that are not known yet are news", () => {
  expect(inWords({ type: "missed_call", count: 1 })).toBe("Missed call");
  expect(inWords({ type: "missed_call", count: 3 })).toBe("3 missed calls");
  expect(inWords({ type: "deal_won" as never, count: 2 })).toBe("News");
  expect(KINDS.map(({ type }) => type)).toContain("import_done");
});

test("what is read is not counted, nor what is beyond a page", () => {
  const of = (read_at: string | null) => ({ read_at }) as Notification;
  expect(unreadCount([of(null), of("2026-11-22T09:30:00.000Z"), of(null)], 50)).toBe("2");
  expect(
    unreadCount(
      Array.from({ length: 50 }, () => of(null)),
      50,
    ),
  ).toBe("50+");
});
