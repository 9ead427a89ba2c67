import { KINDS } from "../notifications/notification.ts";
import type { Preferences } from "../notifications/queries.ts";

export const CHANNELS = [
  { channel: "in_app", label: "In the list" },
  { channel: "browser", label: "On this computer" },
] as const;

/** What the form says. Every type is named, so that what is shown is what holds. */
export function preferencesFrom(form: FormData): Preferences {
  const types: Record<string, { in_app: boolean; browser: boolean }> = {};
  for (const { type } of KINDS) {
    types[type] = { in_app: form.has(`${type}.in_app`), browser: form.has(`${type}.browser`) };
  }
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const quiet_hours = form.has("quiet")
    ? {
        from: text("from"),
        to: text("to"),
        time_zone: text("time_zone"),
        urgent_override: form.has("urgent_override"),
      }
    : null;
  return { types, quiet_hours };
}
