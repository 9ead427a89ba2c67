import { ApiProblem } from "@sep/api";
import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useState } from "react";
import { exactTime, initials, relativeTime } from "./format.ts";

/** A labelled input, with its hint and what is wrong with it read out along. */
export function Field({
  label,
  hint,
  problem,
  ...input
}: { label: string; hint?: string; problem?: string | undefined } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-describedby={described === "" ? undefined : described}
        aria-invalid={problem === undefined ? undefined : true}
        {...input}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

/** What went wrong, in words, with the number to quote where it was our fault. */
export function ProblemNote({ error, action }: { error: unknown; action?: ReactNode }) {
  if (!error) return null;
  const problem = error instanceof ApiProblem ? error : new ApiProblem(-1, undefined);
  const fields = problem.status === 400 ? problem.errors.map(({ message }) => message) : [];
  return (
    <div className="problem" role="alert">
      <p>{fields.length > 0 ? fields.join(" ") : problem.message}</p>
      {problem.status >= 500 && problem.requestId && <p className="hint">Request {problem.requestId}</p>}
      {action}
    </div>
  );
}

export function Avatar({ name }: { name: string }) {
  return (
    <span className="avatar" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** A time in words that stays true, with the exact one for who asks. */
export function Time({ at }: { at: string }) {
  const now = useNow(30_000);
  const then = Date.parse(at);
  return (
    <time dateTime={at} title={exactTime(then)}>
      {relativeTime(then, now)}
    </time>
  );
}

/** The time, in milliseconds since the epoch, anew every `interval` milliseconds. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}
