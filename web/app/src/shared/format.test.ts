import { expect, test } from "vitest";
import { duration, initials, relativeTime } from "./format.ts";

test("durations have hours only where there are any", () => {
  expect([0, 9, 65, 3_599, 3_600, 3_723].map(duration)).toEqual([
    "0:00",
    "0:09",
    "1:05",
    "59:59",
    "1:00:00",
    "1:02:03",
  ]);
});

test("times are told by the largest unit that fits", () => {
  const now = Date.UTC(2026, 10, 22, 12);
  expect(relativeTime(now - 20_000, now)).toBe("just now");
  expect(relativeTime(now - 300_000, now)).toMatch(/5/);
  expect(relativeTime(now - 7_300_000, now)).toMatch(/2/);
  expect(relativeTime(now - 30 * 86_400_000, now)).toMatch(/2026/);
});

test("initials are letters of any script", () => {
  expect(["Ada Example", "Ada", "  ", "Жанна д Арк", "李 小龍"].map(initials)).toEqual([
    "AE",
    "A",
    "?",
    "ЖА",
    "李小",
  ]);
});
