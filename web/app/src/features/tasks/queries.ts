import { type Schemas, unwrap } from "@sep/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useRealtime } from "../../shared/realtime.ts";
import { useApi } from "../../shared/services.ts";
import type { Task } from "./task.ts";

const PAGE = 50;

const ofContact = (contactId: string) => ["tasks", "contact", contactId];

/** What is to be done about a contact, the next first; read again when something of it changes, wherever that was done. */
export function useTasks(contactId: string) {
  const api = useApi();
  const realtime = useRealtime();
  const queries = useQueryClient();
  useEffect(
    () =>
      realtime?.onEvent((event) => {
        const ofTasks =
          event.type.startsWith("activity.") && "type" in event.data && event.data.type === "task";
        if (event.contact_id !== contactId || !ofTasks) return;
        void queries.invalidateQueries({ queryKey: ofContact(contactId) });
      }),
    [realtime, queries, contactId],
  );
  return useQuery({
    queryKey: ofContact(contactId),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/tasks", { params: { query: { contact_id: contactId, limit: PAGE } }, signal })),
  });
}

export function useAddTask(contactId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, key }: { task: Schemas["TaskInput"]; key: string }) =>
      unwrap(api.POST("/v1/tasks", { body: task, headers: { "Idempotency-Key": key } })),
    // The list lags a moment behind; what was answered is true already.
    onSuccess: (added) =>
      change(queries, contactId, (tasks) => [...tasks.filter(({ id }) => id !== added.id), added]),
  });
}

export function useChangeTask(contactId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, to }: { task: Task; to: Schemas["TaskChange"] }) =>
      unwrap(
        api.PATCH("/v1/tasks/{task_id}", {
          params: { path: { task_id: task.id }, header: { "If-Match": `"${task.version}"` } },
          body: to,
        }),
      ),
    onSuccess: (changed) =>
      change(queries, contactId, (tasks) =>
        tasks
          .map((task) => (task.id === changed.id ? changed : task))
          .filter(({ status }) => status === "open"),
      ),
    // Somebody else was faster: what stands now is shown, and may be changed again.
    onError: () => queries.invalidateQueries({ queryKey: ofContact(contactId) }),
  });
}

function change(
  queries: ReturnType<typeof useQueryClient>,
  contactId: string,
  next: (tasks: readonly Task[]) => Task[],
): void {
  queries.setQueryData<Schemas["TaskPage"]>(
    ofContact(contactId),
    (page) =>
      page && {
        ...page,
        items: next(page.items).sort((one, other) => one.due_at.localeCompare(other.due_at)),
      },
  );
}
