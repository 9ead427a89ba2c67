import { unwrap } from "@sep/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useRealtime } from "../../shared/realtime.ts";
import { useApi } from "../../shared/services.ts";
import { Empty, ProblemNote, Time } from "../../shared/ui.tsx";
import { type Activity, detail, headline } from "./activity.ts";

const PAGE = 50;

/** What has happened with a contact, the newest first, and what happens now as it happens. */
export function Timeline({ contactId }: { contactId: string }) {
  const timeline = useTimeline(contactId);
  const fresh = useFresh(contactId);
  const activities = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  const newest = activities[0];
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <p className="visually-hidden" role="status">
        {newest && fresh.has(newest.id) ? `New: ${headline(newest)}` : ""}
      </p>
      <ProblemNote error={timeline.error} />
      {timeline.isPending && <p className="loading">Loading …</p>}
      {timeline.isSuccess && activities.length === 0 && (
        <Empty title="Nothing has happened yet">
          <p>Calls appear here the moment they end.</p>
        </Empty>
      )}
      <ol className="activities">
        {activities.map((activity) => (
          <Entry key={activity.id} activity={activity} fresh={fresh.has(activity.id)} />
        ))}
      </ol>
      {timeline.hasNextPage && (
        <button type="button" className="more" onClick={() => void timeline.fetchNextPage()}>
          {timeline.isFetchingNextPage ? "Loading …" : "Show earlier"}
        </button>
      )}
    </section>
  );
}

function Entry({ activity, fresh }: { activity: Activity; fresh: boolean }) {
  const more = detail(activity);
  const text = activity.note?.text ?? activity.task?.text;
  return (
    <li className="activity" data-type={activity.type} data-fresh={fresh}>
      <span className="activity-mark" aria-hidden="true" />
      <div className="activity-body">
        <p className="activity-line">
          <span className="activity-title">{headline(activity)}</span>
          <Time at={activity.occurred_at} />
        </p>
        {more && <p className="hint">{more}</p>}
        {text && <p className="activity-text">{text}</p>}
      </div>
    </li>
  );
}

function useTimeline(contactId: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["timeline", contactId],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/v1/contacts/{contact_id}/timeline", {
          params: {
            path: { contact_id: contactId },
            query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Reads the timeline again when something has happened, and remembers what came while one was watching. */
function useFresh(contactId: string): ReadonlySet<string> {
  const realtime = useRealtime();
  const queries = useQueryClient();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    setFresh(new Set());
    return realtime?.onEvent((event) => {
      if (event.contact_id !== contactId || !event.type.startsWith("activity.")) return;
      void queries.invalidateQueries({ queryKey: ["timeline", contactId] });
      if (event.type === "activity.created") setFresh((before) => new Set(before).add(event.data.id));
    });
  }, [realtime, queries, contactId]);
  return fresh;
}
