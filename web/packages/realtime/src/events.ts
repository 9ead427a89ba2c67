import type { Schemas } from "@sep/api";

/**
 * An event as infra/openapi.yaml describes it, told apart by `type`. A newer server may send types that are not listed:
 * ignore those. `id` is the same at every delivery of the same event.
 */
export type RealtimeEvent = Schemas["Event"];

export type EventType = RealtimeEvent["type"];

/** The event of one type. */
export type EventOf<Type extends EventType> = Named<RealtimeEvent, Type>;

type Named<Event, Type> = Event extends { type: infer Types }
  ? Type extends Types
    ? Event & { type: Type }
    : never
  : never;
