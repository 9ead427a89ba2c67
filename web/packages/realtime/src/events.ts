/** The status of a call as the API spells it; the last five are final. */
export type CallStatus =
  | "queued"
  | "initiated"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "no-answer"
  | "failed"
  | "canceled";

/** What every event carries. `id` is the same at every delivery of the same event. */
interface Envelope<Type extends string, Data> {
  id: string;
  type: Type;
  /** RFC 3339, UTC. */
  occurred_at: string;
  /** `null` where no contact is concerned. */
  contact_id: string | null;
  data: Data;
}

/** The parts of an activity that events may be relied on to carry; the timeline has the rest. */
export interface ActivityReference {
  id: string;
  type: string;
  contact_id: string;
}

export interface CallProgress {
  call_id: string;
  status: CallStatus;
  duration_seconds: number | null;
  /** The higher one wins. */
  version?: number;
}

export interface TaskReference {
  task_id: string;
  status: string;
  assignee_id: string;
  due_at: string | null;
  version: number;
  deleted: boolean;
}

/** A notification as `GET /v1/notifications` shows it; who uses it says by a type of their own what it is. */
export interface NotificationReference {
  id: string;
}

/** Every type of event with its data, as docs/REALTIME.md lists them. */
export interface EventData {
  "activity.created": ActivityReference;
  "activity.updated": ActivityReference;
  "activity.deleted": ActivityReference;
  "call.updated": CallProgress;
  "task.updated": TaskReference;
  "notification.created": NotificationReference;
  "notification.updated": NotificationReference;
  "notification.read": { ids: string[]; read_at: string; unread: number };
}

export type EventType = keyof EventData;

/** An event, told apart by `type`. A newer server may send types that are not listed: ignore those. */
export type RealtimeEvent = { [Type in EventType]: Envelope<Type, EventData[Type]> }[EventType];

/** The event of one type. */
export type EventOf<Type extends EventType> = Extract<RealtimeEvent, { type: Type }>;
