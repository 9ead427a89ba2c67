import { useState } from "react";
import { Link } from "wouter";
import { Avatar, Empty, ProblemNote } from "../../shared/ui.tsx";
import { type Contact, displayName, subtitle } from "./contact.ts";
import { NewContactForm } from "./NewContact.tsx";
import { useContacts } from "./queries.ts";

/** All contacts, and a way to add one. */
export function ContactList({ selected }: { selected: string | undefined }) {
  const [adding, setAdding] = useState(false);
  return (
    <section className="contacts" aria-label="Contacts">
      <div className="contacts-head">
        <h2>Contacts</h2>
        <button type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          Add
        </button>
      </div>
      {adding && <NewContactForm onDone={() => setAdding(false)} />}
      <Everybody selected={selected} />
    </section>
  );
}

function Everybody({ selected }: { selected: string | undefined }) {
  const contacts = useContacts(true);
  const items = contacts.data?.pages.flatMap((page) => page.items) ?? [];
  if (contacts.isPending) return <p className="loading">Loading contacts …</p>;
  return (
    <>
      <ProblemNote error={contacts.error} />
      {items.length === 0 && !contacts.error && (
        <Empty title="No contacts yet">
          <p>Add the first one, and it will stand here.</p>
        </Empty>
      )}
      <ul className="contact-rows">
        {items.map((contact) => (
          <Row key={contact.id} contact={contact} selected={contact.id === selected} />
        ))}
      </ul>
      {contacts.hasNextPage && (
        <button
          type="button"
          className="more"
          disabled={contacts.isFetchingNextPage}
          onClick={() => void contacts.fetchNextPage()}
        >
          {contacts.isFetchingNextPage ? "Loading …" : "Show more"}
        </button>
      )}
    </>
  );
}

function Row({ contact, selected }: { contact: Contact; selected: boolean }) {
  return (
    <li>
      <Link href={`/contacts/${contact.id}`} aria-current={selected ? "page" : undefined}>
        <Avatar name={displayName(contact)} />
        <span className="row-text">
          <span className="row-name">{displayName(contact)}</span>
          <span className="row-detail">{subtitle(contact)}</span>
        </span>
      </Link>
    </li>
  );
}
