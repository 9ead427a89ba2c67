import { ApiProblem } from "@sep/api";
import { useEffect } from "react";
import { Link } from "wouter";
import { useRealtime } from "../../shared/realtime.ts";
import { Avatar, Empty, ProblemNote } from "../../shared/ui.tsx";
import { CallPanel } from "../calls/CallPanel.tsx";
import { TaskPanel } from "../tasks/TaskPanel.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { type Contact, displayName, subtitle } from "./contact.ts";
import { useContact } from "./queries.ts";

/** A contact: who it is, a way to call, and what has happened. */
export function ContactPage({ id }: { id: string }) {
  const contact = useContact(id);
  const realtime = useRealtime();
  // What others do with this contact is of interest as long as it is on the screen.
  useEffect(() => realtime?.follow(id), [realtime, id]);

  if (contact.isPending) return <p className="loading">Loading …</p>;
  if (contact.error instanceof ApiProblem && contact.error.status === 404) {
    return <Empty title="This contact is not here, or not yours to see" />;
  }
  if (contact.data === undefined) return <ProblemNote error={contact.error} />;
  return (
    <article className="contact" aria-labelledby="contact-name">
      <Link href="/contacts" className="back">
        ← All contacts
      </Link>
      <ContactHead contact={contact.data} />
      <CallPanel contact={contact.data} />
      <TaskPanel contactId={id} />
      <Timeline contactId={id} />
    </article>
  );
}

function ContactHead({ contact }: { contact: Contact }) {
  return (
    <header className="contact-head">
      <Avatar name={displayName(contact)} />
      <div>
        <h1 id="contact-name">{displayName(contact)}</h1>
        {subtitle(contact) && <p className="subtitle">{subtitle(contact)}</p>}
        <ul className="addresses" aria-label="E-mail addresses and tags">
          {contact.emails.map(({ address }) => (
            <li key={address}>
              <a href={`mailto:${address}`}>{address}</a>
            </li>
          ))}
          {contact.tags.map((tag) => (
            <li key={`tag ${tag}`} className="tag">
              {tag}
            </li>
          ))}
        </ul>
      </div>
    </header>
  );
}
