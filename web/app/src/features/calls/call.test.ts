import { expect, test } from "vitest";
import { type Call, inWords, isOver, progressed, talkTime } from "./call.ts";

const RINGING = {
  id: "call_1",
  status: "ringing",
  answered_at: null,
  duration_seconds: null,
  version: 3,
} as Call;

test("an event moves a call on, and one that comes late does not move it back", () => {
  const answered = progressed(RINGING, { status: "in-progress", duration_seconds: null, version: 4 });
  expect(answered.status).toBe("in-progress");
  const ended = progressed(answered, { status: "completed", duration_seconds: 84, version: 6 });
  expect(progressed(ended, { status: "in-progress", duration_seconds: null, version: 4 })).toBe(ended);
  expect(ended.duration_seconds).toBe(84);
});

test("talking is counted from the answer, and told by the server in the end", () => {
  const answered_at = "2026-11-22T09:30:00.000Z";
  const now = Date.parse(answered_at) + 65_900;
  expect(talkTime(RINGING, now)).toBeUndefined();
  expect(talkTime({ ...RINGING, status: "in-progress", answered_at }, now)).toBe(65);
  expect(talkTime({ ...RINGING, status: "completed", answered_at, duration_seconds: 64 }, now)).toBe(64);
});

test("every status has words, one that is not known its own", () => {
  expect(inWords({ direction: "outbound", status: "no-answer" })).toBe("No answer");
  expect(inWords({ direction: "outbound", status: "ringing" })).toBe("Ringing …");
  expect(inWords({ direction: "inbound", status: "ringing" })).toBe("Calling you …");
  expect(inWords({ direction: "inbound", status: "parked" })).toBe("parked");
  expect(isOver(RINGING)).toBe(false);
  expect(isOver({ status: "busy" })).toBe(true);
});
