import type { Schemas } from "@sep/api";

export type Notification = Schemas["Notification"];
export type NotificationType = Schemas["NotificationType"];

/** Every type, in the order in which the preferences show them: what one says of one, of several, and in general. */
const WORDS: Record<NotificationType, { one: string; many: string; kind: string }> = {
  inbound_call: { one: "Incoming call", many: "incoming calls", kind: "Incoming calls" },
  missed_call: { one: "Missed call", many: "missed calls", kind: "Missed calls" },
  voicemail: { one: "New voicemail", many: "new voicemails", kind: "Voicemails" },
  sms_received: { one: "New text message", many: "new text messages", kind: "Text messages" },
  email_reply: { one: "Reply by e-mail", many: "replies by e-mail", kind: "E-mail replies" },
  mention: { one: "You were mentioned", many: "mentions of you", kind: "Mentions" },
  assignment: {
    one: "A contact or task is yours now",
    many: "contacts and tasks are yours now",
    kind: "Contacts and tasks assigned to me",
  },
  task_due: { one: "A task is due", many: "tasks are due", kind: "Tasks that are due" },
  import_done: { one: "An import is done", many: "imports are done", kind: "Imports" },
};

export const KINDS = Object.entries(WORDS).map(([type, { kind }]) => ({
  type: type as NotificationType,
  kind,
}));

/** One line that says what it is about; who, is read from the contact. */
export function inWords({ type, count }: Pick<Notification, "type" | "count">): string {
  const words = WORDS[type];
  if (words === undefined) return "News";
  return count > 1 ? `${count} ${words.many}` : words.one;
}

/** What the bell shows beside it; beyond a page nobody counts. */
export function unreadCount(notifications: readonly Notification[], page: number): string {
  const unread = notifications.filter(({ read_at }) => read_at === null).length;
  return unread >= page ? `${page}+` : String(unread);
}
