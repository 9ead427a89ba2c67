import { expect, test } from "vitest";
import type { EventFrame, HelloFrame } from "../src/frames.ts";
import { type Outcome, Sequencer } from "../src/sequencer.ts";
import { chances } from "./chances.ts";
import { noted } from "./noted.ts";

function event(seq: number, epoch = "a"): EventFrame {
  return { type: "event", epoch, seq, event: { ...noted(seq), id: `${epoch}${seq}` } };
}

function hello(seq: number, epoch = "a"): HelloFrame {
  return { type: "hello", epoch, seq };
}

function ids(outcome: Outcome): string[] {
  return outcome.events.map(({ event }) => event.id);
}

test("the first hello is where a new client begins", () => {
  const log = new Sequencer();
  const outcome = log.hello(hello(57));
  expect(outcome.restartAt).toEqual({ epoch: "a", seq: 57 });
  expect(ids(log.event(event(58)))).toEqual(["a58"]);
  expect(log.position).toEqual({ epoch: "a", seq: 58 });
});

test("what overtakes the first hello comes after it", () => {
  const log = new Sequencer();
  expect(ids(log.event(event(58)))).toEqual([]);
  expect(ids(log.event(event(57)))).toEqual([]);
  expect(ids(log.hello(hello(57)))).toEqual(["a58"]);
});

test("what has been seen is dropped, and what comes too early is held back", () => {
  const log = new Sequencer({ epoch: "a", seq: 4 });
  expect(ids(log.event(event(4)))).toEqual([]);
  expect(ids(log.event(event(7)))).toEqual([]);
  expect(ids(log.event(event(6)))).toEqual([]);
  expect(log.isBehind).toBe(true);
  expect(ids(log.event(event(5)))).toEqual(["a5", "a6", "a7"]);
  expect(log.isBehind).toBe(false);
});

test("a hello beyond our position says that something is missing", () => {
  const log = new Sequencer({ epoch: "a", seq: 4 });
  log.hello(hello(6));
  expect(log.isBehind).toBe(true);
  log.event(event(5));
  expect(log.isBehind).toBe(true);
  log.event(event(6));
  expect(log.isBehind).toBe(false);
});

test("a reset goes on from the hello before it, without what the old log left over", () => {
  const log = new Sequencer({ epoch: "a", seq: 4 });
  log.event(event(6));
  log.hello(hello(9, "b"));
  expect(log.event(event(10, "b")).events).toEqual([]);
  const outcome = log.reset("b");
  expect(outcome.restartAt).toEqual({ epoch: "b", seq: 9 });
  expect(ids(outcome)).toEqual(["b10"]);
  expect(log.isBehind).toBe(false);
});

test("an event of a log that no hello named asks for one", () => {
  const log = new Sequencer({ epoch: "a", seq: 4 });
  log.hello(hello(4));
  expect(log.event(event(5, "b")).resume).toBe(true);
  expect(log.position).toEqual({ epoch: "a", seq: 4 });
  expect(log.reset("b").resume).toBe(true);
});

test("a flood of early entries is not kept without end, and none is lost", () => {
  const log = new Sequencer({ epoch: "a", seq: 0 });
  log.hello(hello(0));
  for (let seq = 2; seq <= 5_000; seq += 1) log.event(event(seq));
  const first = ids(log.event(event(1)));
  expect(first.length).toBeLessThanOrEqual(1_001);
  expect(log.isBehind).toBe(true);
  const rest: string[] = [];
  for (let seq = first.length + 1; seq <= 5_000; seq += 1) rest.push(...ids(log.event(event(seq))));
  expect([...first, ...rest]).toEqual(Array.from({ length: 5_000 }, (_, index) => `a${index + 1}`));
});

test("any order with any repetition ends in the log, each entry once", () => {
  const random = chances(20_261_122);
  for (let round = 0; round < 200; round += 1) {
    const length = 1 + Math.floor(random() * 60);
    const frames: EventFrame[] = [];
    for (let seq = 1; seq <= length; seq += 1) {
      for (let copy = 0; copy <= random() * 3; copy += 1) frames.push(event(seq));
    }
    for (let index = frames.length - 1; index > 0; index -= 1) {
      const other = Math.floor(random() * (index + 1));
      const [one, two] = [frames[index], frames[other]];
      if (one !== undefined && two !== undefined) [frames[index], frames[other]] = [two, one];
    }
    const log = new Sequencer({ epoch: "a", seq: 0 });
    const applied = frames.flatMap((frame) => ids(log.event(frame)));
    expect(applied).toEqual(Array.from({ length }, (_, index) => `a${index + 1}`));
    expect(log.isBehind).toBe(false);
  }
});
