import type { Schemas } from "@sep/api";

export type Task = Schemas["Task"];

const HOUR = 3_600_000;

/** Whether it should have been done by now. */
export function isOverdue({ due_at, status }: Pick<Task, "due_at" | "status">, now: number): boolean {
  return status === "open" && Date.parse(due_at) < now;
}

/** An hour from now, or from when it is due, whichever is later. */
export function anHourLater({ due_at }: Pick<Task, "due_at">, now: number): string {
  return new Date(Math.max(now, Date.parse(due_at)) + HOUR).toISOString();
}

/** Tomorrow at nine by the clocks of the place, as an input of type `datetime-local` has it. */
export function tomorrowAtNine(now: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}T09:00`;
}
