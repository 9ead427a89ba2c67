import { Link } from "wouter";
import { duration } from "../../shared/format.ts";
import { useNow } from "../../shared/ui.tsx";
import { displayName } from "../contacts/contact.ts";
import { useContact } from "../contacts/queries.ts";
import { useCalls } from "./CallsProvider.tsx";
import { type Call, inWords, isOver, talkTime } from "./call.ts";

/** The state of the call at the foot of every page, as long as there is one. */
export function CallBar() {
  const { current, putAway } = useCalls();
  if (current === undefined) return null;
  return <Bar call={current} putAway={putAway} />;
}

function Bar({ call, putAway }: { call: Call; putAway: () => void }) {
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
        <span role="status">{inWords(call.status)}</span>
        <TalkTime call={call} />
      </p>
      {isOver(call) ? (
        <button type="button" onClick={putAway}>
          Close
        </button>
      ) : (
        <span className="hint call-hint">Hang up on your own telephone</span>
      )}
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
