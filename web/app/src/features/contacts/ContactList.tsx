import { useDeferredValue, useEffect, useId, useRef, useState } from "react";
import { Link } from "wouter";
import { Avatar, Empty, ProblemNote } from "../../shared/ui.tsx";
import { type Contact, displayName } from "./contact.ts";
import { Highlighted } from "./Highlighted.tsx";
import type { Range } from "./highlight.ts";
import { NewContactForm } from "./NewContact.tsx";
import { useContacts, useSearch } from "./queries.ts";
import { useSearchKey } from "./useSearchKey.ts";

const NO_HITS: ReadonlyMap<string, Range[]> = new Map();

/** All contacts, or those that fit what is typed; and a way to add one. */
export function ContactList({ selected }: { selected: string | undefined }) {
  const [typed, setTyped] = useState("");
  const [adding, setAdding] = useState(false);
  const text = useDeferredValue(useSettled(typed.trim(), 120));
  return (
    <section className="contacts" aria-label="Contacts">
      <div className="contacts-head">
        <SearchBox value={typed} onChange={setTyped} />
        <button type="button" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          Add
        </button>
      </div>
      {adding && <NewContactForm onDone={() => setAdding(false)} />}
      {text === "" ? <Everybody selected={selected} /> : <Matches text={text} selected={selected} />}
    </section>
  );
}

function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useSearchKey(input);
  return (
    <div className="search">
      <label htmlFor={id} className="visually-hidden">
        Search contacts
      </label>
      <input
        id={id}
        ref={input}
        type="search"
        placeholder="Search contacts"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onChange("");
        }}
      />
      <span className="key" aria-hidden="true">
        /
      </span>
    </div>
  );
}

function Everybody({ selected }: { selected: string | undefined }) {
  const contacts = useContacts(true);
  const items = contacts.data?.pages.flatMap((page) => page.items) ?? [];
  // A page may hold nothing that the caller may see, and still go on.
  const looking = items.length === 0 && contacts.hasNextPage && !contacts.error;
  const { isFetchingNextPage, fetchNextPage } = contacts;
  useEffect(() => {
    if (looking && !isFetchingNextPage) void fetchNextPage();
  }, [looking, isFetchingNextPage, fetchNextPage]);
  if (contacts.isPending || looking) return <p className="loading">Loading contacts …</p>;
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
          <Row key={contact.id} contact={contact} hits={NO_HITS} selected={contact.id === selected} />
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

function Matches({ text, selected }: { text: string; selected: string | undefined }) {
  const found = useSearch(text);
  const items = found.data ?? [];
  const count = items.length === 1 ? "1 contact" : `${items.length} contacts`;
  return (
    <>
      <p className="result-count" role="status">
        {found.isPending
          ? "Searching …"
          : found.error
            ? ""
            : items.length === 0
              ? `Nothing fits “${text}”`
              : count}
      </p>
      <ProblemNote error={found.error} />
      <ul className="contact-rows" data-stale={found.isPlaceholderData}>
        {items.map(({ contact, hits }) => (
          <Row key={contact.id} contact={contact} hits={hits} selected={contact.id === selected} />
        ))}
      </ul>
    </>
  );
}

function Row({
  contact,
  hits,
  selected,
}: {
  contact: Contact;
  hits: ReadonlyMap<string, Range[]>;
  selected: boolean;
}) {
  return (
    <li>
      <Link href={`/contacts/${contact.id}`} aria-current={selected ? "page" : undefined}>
        <Avatar name={displayName(contact)} />
        <span className="row-text">
          <span className="row-name">
            <Name contact={contact} hits={hits} />
          </span>
          <span className="row-detail">
            <Details contact={contact} hits={hits} />
          </span>
        </span>
      </Link>
    </li>
  );
}

function Name({ contact, hits }: { contact: Contact; hits: ReadonlyMap<string, Range[]> }) {
  const names = (["first_name", "last_name"] as const).filter((field) => contact[field]);
  if (names.length === 0) return displayName(contact);
  return names.map((field, index) => (
    <span key={field}>
      {index > 0 && " "}
      <Highlighted text={contact[field] ?? ""} ranges={hits.get(field)} />
    </span>
  ));
}

/** The company, and whatever else the search has met. */
function Details({ contact, hits }: { contact: Contact; hits: ReadonlyMap<string, Range[]> }) {
  const fields: [string, string | null | undefined][] = [
    ["title", contact.title],
    ["company_name", contact.company_name],
    ...contact.emails.map(({ address }, index): [string, string] => [`emails[${index}].address`, address]),
    ...contact.phones.map(({ raw }, index): [string, string] => [`phones[${index}].raw`, raw]),
    ...contact.tags.map((tag, index): [string, string] => [`tags[${index}]`, tag]),
  ];
  const shown = fields.filter(([field, text], index) => text && (index < 2 || hits.has(field)));
  return shown.map(([field, text], index) => (
    <span key={field}>
      {index > 0 && " · "}
      <Highlighted text={text ?? ""} ranges={hits.get(field)} />
    </span>
  ));
}

/** `value`, once it has stayed the same for `delay` milliseconds; at once when it becomes empty. */
function useSettled(value: string, delay: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return value === "" ? "" : settled;
}
