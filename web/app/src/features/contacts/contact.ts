import type { Schemas } from "@sep/api";

export type Contact = Schemas["Contact"];

/** What a contact is called where it has to be called something. */
export function displayName(contact: Contact): string {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return name || contact.company_name || contact.emails[0]?.address || contact.phones[0]?.raw || "No name";
}

/** What stands below the name. */
export function subtitle(contact: Contact): string {
  return [contact.title, contact.company_name].filter(Boolean).join(" · ");
}
