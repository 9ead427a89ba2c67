import type { Schemas } from "@sep/api";

export type Call = Schemas["Call"];
type Status = Call["status"];

const WORDS: Record<Status, string> = {
  queued: "Placing the call …",
  initiated: "Placing the call …",
  ringing: "Ringing …",
  "in-progress": "Connected",
  completed: "Call ended",
  busy: "Busy",
  "no-answer": "No answer",
  failed: "The call failed",
  canceled: "Canceled",
};

const FINAL: ReadonlySet<string> = new Set(["completed", "busy", "no-answer", "failed", "canceled"]);

export function isOver(call: Pick<Call, "status">): boolean {
  return FINAL.has(call.status);
}

export function inWords({ direction, status }: Pick<Call, "direction"> & { status: string }): string {
  if (direction === "inbound" && status === "ringing") return "Calling you …";
  return WORDS[status as Status] ?? status;
}

/** Seconds for which the two have been speaking; `undefined` before they do. `now` in milliseconds since the epoch. */
export function talkTime(call: Call, now: number): number | undefined {
  if (call.duration_seconds !== null) return call.duration_seconds;
  if (call.status !== "in-progress" || call.answered_at === null) return undefined;
  return Math.max(0, Math.floor((now - Date.parse(call.answered_at)) / 1_000));
}

/** What an event adds to what is known of a call. An older event adds nothing. */
export function progressed(
  call: Call,
  event: { status: Status; duration_seconds: number | null; version?: number },
): Call {
  if (event.version !== undefined && event.version <= call.version) return call;
  if (event.version === undefined && isOver(call)) return call;
  return {
    ...call,
    status: event.status,
    duration_seconds: event.duration_seconds,
    version: event.version ?? call.version,
  };
}
