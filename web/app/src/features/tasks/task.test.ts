import { expect, test } from "vitest";
import { anHourLater, isOverdue, tomorrowAtNine } from "./task.ts";

const now = Date.parse("2026-11-22T10:00:00Z");

test("a task is overdue until it is done", () => {
  const due_at = "2026-11-22T09:59:59.000Z";
  expect(isOverdue({ due_at, status: "open" }, now)).toBe(true);
  expect(isOverdue({ due_at, status: "done" }, now)).toBe(false);
  expect(isOverdue({ due_at: "2026-11-22T10:00:01.000Z", status: "open" }, now)).toBe(false);
});

test("what is put off comes an hour later, and never in the past", () => {
  expect(anHourLater({ due_at: "2026-11-22T09:00:00.000Z" }, now)).toBe("2026-11-22T11:00:00.000Z");
  expect(anHourLater({ due_at: "2026-11-23T09:00:00.000Z" }, now)).toBe("2026-11-23T10:00:00.000Z");
});

test("tomorrow is the next day by the calendar, at the end of a month too", () => {
  expect(tomorrowAtNine(new Date(2026, 10, 30, 23, 59))).toBe("2026-12-01T09:00");
  expect(tomorrowAtNine(new Date(2026, 11, 31, 0, 0))).toBe("2027-01-01T09:00");
});
