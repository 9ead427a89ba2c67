import { expect, test } from "vitest";
import { parseFrame } from "../src/frames.ts";

test("frames of the protocol are read", () => {
  const event = {
    id: "evt_1",
    type: "call.updated",
    occurred_at: "2026-11-22T09:30:00.000Z",
    contact_id: null,
    data: { call_id: "call_1", status: "ringing", duration_seconds: null },
  };
  for (const frame of [
    { type: "hello", epoch: "a", seq: 0 },
    { type: "event", epoch: "a", seq: 1, event },
    { type: "reset", epoch: "a" },
    { type: "subscribed", contact_id: "con_a" },
    { type: "pong" },
    { type: "error", code: "not_found", message: "no such contact" },
  ]) {
    expect(parseFrame(JSON.stringify(frame))).toEqual(frame);
  }
});

test("an event of a type that is not known yet is passed on", () => {
  const event = { id: "evt_1", type: "deal.moved", occurred_at: "2026-11-22T09:30:00.000Z", data: {} };
  expect(parseFrame(JSON.stringify({ type: "event", epoch: "a", seq: 1, event }))).toMatchObject({ event });
});

test("what is no frame is nothing", () => {
  const texts = [
    "",
    "{",
    "null",
    "[]",
    '"hello"',
    "{}",
    '{"type":"hello","epoch":"a","seq":-1}',
    '{"type":"hello","epoch":"a","seq":1.5}',
    '{"type":"hello","seq":1}',
    '{"type":"event","epoch":"a","seq":1}',
    '{"type":"event","epoch":"a","seq":1,"event":{"id":1}}',
    '{"type":"unheard_of"}',
    '{"type":"__proto__"}',
  ];
  for (const text of texts) expect(parseFrame(text), text).toBeUndefined();
  expect(parseFrame(new ArrayBuffer(4))).toBeUndefined();
});
