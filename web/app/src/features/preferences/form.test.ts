import { expect, test } from "vitest";
import { preferencesFrom } from "./form.ts";

test("a box that is not ticked is off, and quiet hours are none unless wanted", () => {
  const form = new FormData();
  form.set("mention.in_app", "on");
  form.set("from", "20:00");
  const { types, quiet_hours } = preferencesFrom(form);
  expect(types?.mention).toEqual({ in_app: true, browser: false });
  expect(types?.import_done).toEqual({ in_app: false, browser: false });
  expect(quiet_hours).toBeNull();
});

test("quiet hours are taken as they stand", () => {
  const form = new FormData();
  for (const [name, value] of Object.entries({
    quiet: "on",
    from: "22:00",
    to: "07:30",
    time_zone: " Asia/Tokyo ",
  })) {
    form.set(name, value);
  }
  expect(preferencesFrom(form).quiet_hours).toEqual({
    from: "22:00",
    to: "07:30",
    time_zone: "Asia/Tokyo",
    urgent_override: false,
  });
});
