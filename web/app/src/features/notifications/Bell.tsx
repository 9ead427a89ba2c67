import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { Empty, ProblemNote, Time } from "../../shared/ui.tsx";
import { displayName } from "../contacts/contact.ts";
import { useContact } from "../contacts/queries.ts";
import { BrowserPermission } from "./BrowserPermission.tsx";
import { inWords, type Notification, unreadCount } from "./notification.ts";
import { PAGE, useMarkRead, useNotifications } from "./queries.ts";
import { useNotificationEvents } from "./useNotificationEvents.ts";

/** The bell, how many are unread, and the list behind it. */
export function Bell() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const news = useNotificationEvents();
  const { data } = useNotifications();
  const unread = unreadCount(data?.pages[0]?.items.filter(isInApp) ?? [], PAGE);
  useClickOutside(root, open, () => setOpen(false));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the panel from wherever the focus is in it
    <div className="bell" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        className="plain bell-button"
        ref={button}
        aria-expanded={open}
        aria-controls={panel}
        aria-label={`Notifications, ${unread} unread`}
        onClick={() => setOpen(!open)}
      >
        <BellIcon />
        {unread !== "0" && <span className="badge">{unread}</span>}
      </button>
      <p className="visually-hidden" role="status">
        {news}
      </p>
      <section className="bell-panel" id={panel} aria-label="Notifications" hidden={!open}>
        {open && <Panel onDone={() => setOpen(false)} />}
      </section>
    </div>
  );
}

function Panel({ onDone }: { onDone: () => void }) {
  const list = useNotifications();
  const markRead = useMarkRead();
  const items = list.data?.pages.flatMap((page) => page.items).filter(isInApp) ?? [];
  return (
    <>
      <header className="bell-head">
        <h2>Notifications</h2>
        <button
          type="button"
          className="plain"
          disabled={items.every(({ read_at }) => read_at !== null)}
          onClick={() => markRead.mutate("all")}
        >
          Mark all as read
        </button>
      </header>
      <BrowserPermission />
      <ProblemNote error={list.error ?? markRead.error} />
      {list.isSuccess && items.length === 0 && <Empty title="Nothing yet" />}
      <ul className="notifications">
        {items.map((item) => (
          <Entry
            key={item.id}
            notification={item}
            onOpen={() => {
              if (item.read_at === null) markRead.mutate([item.id]);
              onDone();
            }}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" className="more" onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? "Loading …" : "Show earlier"}
        </button>
      )}
      <footer className="bell-foot">
        <Link href="/preferences" onClick={onDone}>
          Preferences
        </Link>
      </footer>
    </>
  );
}

function Entry({ notification, onOpen }: { notification: Notification; onOpen: () => void }) {
  const [, navigate] = useLocation();
  const { contact_id, read_at, updated_at } = notification;
  const open = () => {
    if (contact_id !== null) navigate(`/contacts/${contact_id}`);
    onOpen();
  };
  return (
    <li data-unread={read_at === null}>
      <button type="button" onClick={open}>
        <span className="notification-title">
          {inWords(notification)}
          {read_at === null && <span className="visually-hidden"> (unread)</span>}
        </span>
        {contact_id !== null && <ContactName id={contact_id} />}
        <Time at={updated_at} />
      </button>
    </li>
  );
}

function ContactName({ id }: { id: string }) {
  const contact = useContact(id);
  return <span className="notification-who">{contact.data ? displayName(contact.data) : ""}</span>;
}

function isInApp({ channels }: Notification): boolean {
  return channels.includes("in_app");
}

function useClickOutside(root: { current: HTMLElement | null }, open: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open) return;
    const listener = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) latest.current();
    };
    document.addEventListener("pointerdown", listener);
    return () => document.removeEventListener("pointerdown", listener);
  }, [open, root]);
}

function BellIcon() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" className="icon">
      <path d="M6 16V11a6 6 0 1 1 12 0v5l1.5 2h-15L6 16ZM10 20.5a2.2 2.2 0 0 0 4 0" />
    </svg>
  );
}
