import type { EventOf } from "../src/index.ts";

/** The event that tells of note `number` about a contact. */
export function noted(number: number, contact = "con_a"): EventOf<"activity.created"> {
  const at = "2026-11-22T09:30:00.000Z";
  return {
    id: `evt_${number}`,
    type: "activity.created",
    occurred_at: at,
    contact_id: contact,
    data: {
      id: `act_${number}`,
      type: "note",
      occurred_at: at,
      contact_id: contact,
      user_id: "usr_a",
      source: "internal",
      note: { note_id: `note_${number}`, mentions: [], version: 1 },
      created_at: at,
    },
  };
}
