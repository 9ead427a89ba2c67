import { Link } from "wouter";
import { duration } from "../../shared/format.ts";
import { ProblemNote, useNow } from "../../shared/ui.tsx";
import { displayName } from "../contacts/contact.ts";
import { useContact } from "../contacts/queries.ts";
import { useCalls } from "./CallsProvider.tsx";
import { type Call, inWords, isOver, talkTime } from "./call.ts";

/** The state of the call at the foot of every page, as long as there is one. */
export function CallBar() {
  const { current } = useCalls();
  return current === undefined ? null : <Bar call={current} />;
}

function Bar({ call }: { call: Call }) {
  const { hangUp, putAway } = useCalls();
  const contact = useContact(call.contact_id);
  return (
    <aside className="call-bar" aria-label="Current call" data-over={isOver(call)}>
      <span className="call-light" aria-hidden="true" />
      <div className="call-who">
        {call.contact_id === null ? (
          <span>Unknown caller</span>
        ) : (
          <Link href={`/contacts/${call.contact_id}`}>
            {contact.data ? displayName(contact.data) : "Contact"}
          </Link>
        )}
        <span className="hint">{call.remote_phone}</span>
      </div>
      <p className="call-state">
        <span role="status">{inWords(call)}</span>
        <TalkTime call={call} />
      </p>
      {isOver(call) ? (
        <button type="button" onClick={putAway}>
          Close
        </button>
      ) : (
        <button
          type="button"
          className="danger"
          disabled={hangUp.isPending}
          onClick={() => hangUp.mutate(call.id)}
        >
          Hang up
        </button>
      )}
      <ProblemNote error={hangUp.error} />
    </aside>
  );
}

function TalkTime({ call }: { call: Call }) {
  const seconds = talkTime(call, useNow(1_000));
  if (seconds === undefined) return null;
  return (
    <span className="talk-time" role="timer" aria-label="Talk time">
      {duration(seconds)}
    </span>
  );
}
