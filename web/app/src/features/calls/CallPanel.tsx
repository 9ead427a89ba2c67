import { useRef } from "react";
import { ProblemNote } from "../../shared/ui.tsx";
import type { Contact } from "../contacts/contact.ts";
import { useCalls } from "./CallsProvider.tsx";
import { isOver } from "./call.ts";

/** The contact's numbers, each with a way to call it. */
export function CallPanel({ contact }: { contact: Contact }) {
  const { current, dial } = useCalls();
  const key = useRef("");
  const busy = dial.isPending || (current !== undefined && !isOver(current));
  const here = dial.variables?.contactId === contact.id;
  if (contact.phones.length === 0) return <p className="hint">This contact has no telephone number.</p>;
  return (
    <section className="call-panel" aria-label="Telephone numbers">
      <ul className="phones">
        {contact.phones.map(({ e164, raw, type, extension }) => (
          <li key={e164 + (extension ?? "")}>
            <span className="phone-text">
              <span className="phone-number">{raw}</span>
              <span className="phone-type">
                {type}
                {extension && `, extension ${extension}`}
              </span>
            </span>
            <button
              type="button"
              className="primary"
              disabled={busy}
              aria-label={`Call ${raw}`}
              onClick={() => {
                // After an attempt without an answer the same key, so that one wish makes one call.
                if (!(here && isUnanswered(dial.error))) key.current = crypto.randomUUID();
                dial.mutate({ contactId: contact.id, phone: e164, key: key.current });
              }}
            >
              {dial.isPending && here && dial.variables?.phone === e164 ? "Calling …" : "Call"}
            </button>
          </li>
        ))}
      </ul>
      {here && <ProblemNote error={dial.error} />}
    </section>
  );
}

function isUnanswered(error: Error | null): boolean {
  return error !== null && "status" in error && error.status === 0;
}
