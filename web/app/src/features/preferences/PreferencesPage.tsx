import { type FormEvent, useId } from "react";
import { Field, ProblemNote } from "../../shared/ui.tsx";
import { BrowserPermission } from "../notifications/BrowserPermission.tsx";
import { KINDS } from "../notifications/notification.ts";
import { type Preferences, usePreferences, useSavePreferences } from "../notifications/queries.ts";
import { CHANNELS, preferencesFrom } from "./form.ts";

/** What one wants to be told of, where, and when not. */
export function PreferencesPage({ timeZone }: { timeZone: string | null }) {
  const preferences = usePreferences();
  const save = useSavePreferences();
  if (preferences.isPending) return <p className="loading">Loading …</p>;
  if (preferences.data === undefined) return <ProblemNote error={preferences.error} />;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(preferencesFrom(new FormData(event.currentTarget)));
  };
  return (
    <form className="preferences" onSubmit={submit} onChange={() => save.reset()}>
      <h1>Notifications</h1>
      <BrowserPermission />
      <TypesTable preferences={preferences.data} />
      <QuietHours preferences={preferences.data} timeZone={timeZone} />
      <ProblemNote error={save.error} />
      <div className="buttons">
        <button type="submit" className="primary" disabled={save.isPending}>
          {save.isPending ? "Saving …" : "Save"}
        </button>
        <p role="status" className="saved">
          {save.isSuccess ? "Saved" : ""}
        </p>
      </div>
    </form>
  );
}

function TypesTable({ preferences }: { preferences: Preferences }) {
  return (
    <table className="types">
      <caption className="visually-hidden">What to be notified of, and where</caption>
      <thead>
        <tr>
          <th scope="col">Tell me about</th>
          {CHANNELS.map(({ channel, label }) => (
            <th scope="col" key={channel}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {KINDS.map(({ type, kind }) => (
          <tr key={type}>
            <th scope="row">{kind}</th>
            {CHANNELS.map(({ channel, label }) => (
              <td key={channel}>
                <input
                  type="checkbox"
                  name={`${type}.${channel}`}
                  aria-label={`${kind}: ${label}`}
                  defaultChecked={preferences.types?.[type]?.[channel] ?? true}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function QuietHours({ preferences, timeZone }: { preferences: Preferences; timeZone: string | null }) {
  const zones = useId();
  const quiet = preferences.quiet_hours;
  const zone = quiet?.time_zone ?? timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <fieldset className="card quiet">
      <legend>Quiet hours</legend>
      <label className="check">
        <input type="checkbox" name="quiet" defaultChecked={Boolean(quiet)} />
        No notifications on this computer during these hours
      </label>
      <div className="columns">
        <Field label="From" name="from" type="time" defaultValue={quiet?.from ?? "20:00"} required />
        <Field label="To" name="to" type="time" defaultValue={quiet?.to ?? "08:00"} required />
      </div>
      <Field label="Time zone" name="time_zone" list={zones} defaultValue={zone} required />
      <datalist id={zones}>
        {Intl.supportedValuesOf("timeZone").map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label className="check">
        <input type="checkbox" name="urgent_override" defaultChecked={quiet?.urgent_override ?? true} />
        Let incoming calls through
      </label>
    </fieldset>
  );
}
