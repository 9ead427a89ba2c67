import { type Range, runs } from "./highlight.ts";

/** A text with what was searched for marked in it. */
export function Highlighted({ text, ranges }: { text: string; ranges: readonly Range[] | undefined }) {
  if (ranges === undefined) return text;
  let at = 0;
  return runs(text, ranges).map((run) => {
    const key = at;
    at += run.text.length;
    return run.hit ? <mark key={key}>{run.text}</mark> : <span key={key}>{run.text}</span>;
  });
}
