/** A run of a text that was searched for, or not. */
export interface Run {
  text: string;
  hit: boolean;
}

/** Two numbers, from and up to, in characters (code points), as the API counts them. */
export type Range = readonly number[];

/** Cuts `text` at the ranges. Ranges that overlap, are out of order or reach beyond the text do no harm. */
export function runs(text: string, ranges: readonly Range[]): Run[] {
  const characters = [...text];
  const hits = new Set(
    ranges.flatMap(([from = 0, upTo = 0]) => indices(from, Math.min(upTo, characters.length))),
  );
  const cut: Run[] = [];
  for (const [index, character] of characters.entries()) {
    const hit = hits.has(index);
    const last = cut.at(-1);
    if (last?.hit === hit) last.text += character;
    else cut.push({ text: character, hit });
  }
  return cut;
}

function indices(from: number, upTo: number): number[] {
  return Array.from({ length: Math.max(0, upTo - from) }, (_, offset) => from + offset);
}
