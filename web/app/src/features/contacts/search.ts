import { type Api, unwrap } from "@sep/api";
import type { Contact } from "./contact.ts";
import type { Range } from "./highlight.ts";

/** A contact, and where in its fields the search was met: ranges by field. */
export interface Found {
  contact: Contact;
  hits: ReadonlyMap<string, Range[]>;
}

const AS_MANY = 25;

export async function search(api: Api, text: string, signal: AbortSignal): Promise<Found[]> {
  const { items } = await unwrap(
    api.POST("/v1/contacts/search", { body: { q: text, limit: AS_MANY }, signal }),
  );
  return items.map(({ contact, highlights }) => ({
    contact,
    hits: new Map(highlights.map(({ field, ranges }) => [field, ranges])),
  }));
}
