const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];
const WEEK = 7 * 86_400_000;

/** “5 minutes ago”, and the date from a week on. Both times in milliseconds since the epoch. */
export function relativeTime(then: number, now: number): string {
  const difference = then - now;
  if (Math.abs(difference) >= WEEK) return exactTime(then, { dateStyle: "medium" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(difference) >= length) return RELATIVE.format(Math.trunc(difference / length), unit);
  }
  return "just now";
}

/** In the reader's language and time zone. */
export function exactTime(
  time: number,
  style: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" },
): string {
  return new Intl.DateTimeFormat(undefined, style).format(time);
}

/** Whole seconds as `1:05` or `1:02:03`. */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** The first letters of up to two names, for a picture where there is none. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0]);
  return letters.join("").toLocaleUpperCase() || "?";
}
