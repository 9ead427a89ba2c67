import type { Schemas } from "@sep/api";
import { duration } from "../../shared/format.ts";
import { inWords } from "../calls/call.ts";

export type Activity = Schemas["Activity"];

/** One line that says what happened. */
export function headline(activity: Activity): string {
  if (activity.type === "call" && activity.call) {
    const { direction, disposition, status } = activity.call;
    const way = direction === "inbound" ? "Incoming call" : "Call";
    const words = disposition ?? inWords({ direction, status });
    return `${way}, ${words.toLowerCase()}`;
  }
  if (activity.type === "task") return activity.task?.status === "done" ? "Task, done" : "Task";
  if (activity.type === "contact")
    return activity.contact?.change === "restored" ? "Contact brought back" : "Contact changed";
  return activity.type === "note" ? "Note" : activity.type;
}

/** What there is to know beyond the headline. */
export function detail(activity: Activity): string | undefined {
  const fields = activity.contact?.fields.map((field) => field.replace(/_id$/, "").replaceAll("_", " "));
  if (fields?.length) return fields.join(", ");
  const seconds = activity.call?.duration_seconds;
  return seconds ? `${duration(seconds)} minutes` : undefined;
}
