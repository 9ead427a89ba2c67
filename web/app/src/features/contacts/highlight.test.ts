import { expect, test } from "vitest";
import { type Range, runs } from "./highlight.ts";

test("a text is cut at what was found in it", () => {
  expect(runs("Ada Example", [[0, 3]])).toEqual([
    { text: "Ada", hit: true },
    { text: " Example", hit: false },
  ]);
});

test("characters count, not code units", () => {
  expect(runs("😀 Žofie", [[2, 4]])).toEqual([
    { text: "😀 ", hit: false },
    { text: "Žo", hit: true },
    { text: "fie", hit: false },
  ]);
});

test("ranges that overlap or reach too far do no harm", () => {
  const ranges: Range[] = [
    [1, 9],
    [0, 2],
    [5, 4],
  ];
  expect(runs("Ada", ranges)).toEqual([{ text: "Ada", hit: true }]);
  expect(runs("", ranges)).toEqual([]);
});
