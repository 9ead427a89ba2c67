import type { RealtimeEvent } from "./events.ts";

/** What the server sends; docs/REALTIME.md says when. */
export type ServerFrame =
  | { type: "hello"; epoch: string; seq: number }
  | { type: "event"; epoch: string; seq: number; event: RealtimeEvent }
  | { type: "reset"; epoch: string }
  | { type: "subscribed" | "unsubscribed"; contact_id: string }
  | { type: "pong" }
  | { type: "error"; code: string; message: string };

/** What a client sends. */
export type ClientFrame =
  | { type: "resume"; epoch?: string; last_seq?: number }
  | { type: "subscribe" | "unsubscribe"; contact_id: string }
  | { type: "ping" };

export type EventFrame = Extract<ServerFrame, { type: "event" }>;
export type HelloFrame = Extract<ServerFrame, { type: "hello" }>;

/**
 * Reads a text that came over the socket. `undefined` for what is not a frame, or of a kind that this version does not
 * know: a newer server may say more than we understand, and that is no reason to stop listening.
 */
export function parseFrame(text: unknown): ServerFrame | undefined {
  if (typeof text !== "string") return undefined;
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(frame)) return undefined;
  return isServerFrame(frame) ? frame : undefined;
}

function isServerFrame(frame: Record<string, unknown>): frame is ServerFrame & Record<string, unknown> {
  switch (frame.type) {
    case "hello":
      return typeof frame.epoch === "string" && isSequence(frame.seq);
    case "event":
      return typeof frame.epoch === "string" && isSequence(frame.seq) && isEvent(frame.event);
    case "reset":
      return typeof frame.epoch === "string";
    case "subscribed":
    case "unsubscribed":
      return typeof frame.contact_id === "string";
    case "pong":
      return true;
    case "error":
      return typeof frame.code === "string" && typeof frame.message === "string";
    default:
      return false;
  }
}

/** The envelope only: the server is the one that says what stands in `data`, held to infra/openapi.yaml by its tests. */
function isEvent(event: unknown): event is RealtimeEvent {
  return (
    isRecord(event) &&
    typeof event.id === "string" &&
    typeof event.type === "string" &&
    typeof event.occurred_at === "string" &&
    isRecord(event.data)
  );
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
