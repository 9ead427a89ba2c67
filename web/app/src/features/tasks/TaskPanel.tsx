import { ApiProblem } from "@sep/api";
import { type FormEvent, useRef } from "react";
import { Field, ProblemNote, Time, useNow } from "../../shared/ui.tsx";
import { useAddTask, useChangeTask, useTasks } from "./queries.ts";
import { anHourLater, isOverdue, type Task, tomorrowAtNine } from "./task.ts";

/** What is to be done about a contact, and a way to add to it. */
export function TaskPanel({ contactId }: { contactId: string }) {
  const tasks = useTasks(contactId);
  const change = useChangeTask(contactId);
  const now = useNow(30_000);
  const put = (task: Task, to: Parameters<typeof change.mutate>[0]["to"]) => change.mutate({ task, to });
  return (
    <section className="tasks" aria-labelledby="tasks-title">
      <h2 id="tasks-title">Tasks</h2>
      <ProblemNote error={tasks.error ?? change.error} />
      <ul className="task-rows" aria-label="Open tasks">
        {tasks.data?.items.map((task) => (
          <li key={task.id} className="task" data-overdue={isOverdue(task, now)}>
            <span className="task-text">
              {task.text}
              <span className="hint">
                {task.snoozed_until ? "Put off: " : "Due "}
                <Time at={task.snoozed_until ?? task.due_at} />
              </span>
            </span>
            <button
              type="button"
              className="plain"
              disabled={change.isPending}
              aria-label={`Put off by an hour: ${task.text}`}
              onClick={() => put(task, { snoozed_until: anHourLater(task, now) })}
            >
              Later
            </button>
            <button
              type="button"
              className="primary"
              disabled={change.isPending}
              aria-label={`Done: ${task.text}`}
              onClick={() => put(task, { status: "done" })}
            >
              Done
            </button>
          </li>
        ))}
      </ul>
      {tasks.data?.items.length === 0 && <p className="hint">Nothing is to be done.</p>}
      <NewTask contactId={contactId} />
    </section>
  );
}

function NewTask({ contactId }: { contactId: string }) {
  const add = useAddTask(contactId);
  // The same form sent twice makes one task.
  const key = useRef(crypto.randomUUID());
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const due = new Date(String(values.get("due_at")));
    const task = { contact_id: contactId, text: String(values.get("text")), due_at: due.toISOString() };
    add.mutate(
      { task, key: key.current },
      {
        onSuccess: () => {
          key.current = crypto.randomUUID();
          form.reset();
        },
        onError: (error) => {
          // Without a clear answer the next attempt may be a repetition; after a refusal it will be another task.
          if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) {
            key.current = crypto.randomUUID();
          }
        },
      },
    );
  };
  return (
    <form className="new-task" onSubmit={submit} aria-label="New task">
      <Field label="What is to be done" name="text" maxLength={1000} required />
      <Field
        label="When"
        name="due_at"
        type="datetime-local"
        defaultValue={tomorrowAtNine(new Date())}
        required
      />
      <button type="submit" className="primary" disabled={add.isPending}>
        {add.isPending ? "Adding …" : "Add task"}
      </button>
      <ProblemNote error={add.error} />
    </form>
  );
}
