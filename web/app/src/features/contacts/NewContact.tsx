import { ApiProblem, type Schemas } from "@sep/api";
import { type FormEvent, useRef } from "react";
import { useLocation } from "wouter";
import { Field, ProblemNote } from "../../shared/ui.tsx";
import { useCreateContact } from "./queries.ts";

export type NewContact = Schemas["ContactInput"];

/** The least that makes a contact worth having. */
export function NewContactForm({ onDone }: { onDone: () => void }) {
  const create = useCreateContact();
  const [, navigate] = useLocation();
  // The same form sent twice makes one contact.
  const key = useRef(crypto.randomUUID());
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    create.mutate(
      { contact: contactFrom(values), key: key.current },
      {
        onSuccess: ({ id }) => {
          onDone();
          navigate(`/contacts/${id}`);
        },
        onError: (error) => {
          // Without a clear answer the next attempt may be a repetition; after a refusal it will be another contact.
          if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) {
            key.current = crypto.randomUUID();
          }
        },
      },
    );
  };
  const problem = (field: string) =>
    create.error instanceof ApiProblem
      ? create.error.errors.find((error) => error.field.startsWith(field))?.message
      : undefined;
  return (
    <form className="new-contact card" onSubmit={submit} aria-label="New contact">
      <div className="columns">
        <Field
          label="First name"
          name="first_name"
          maxLength={200}
          problem={problem("first_name")}
          autoFocus
        />
        <Field label="Last name" name="last_name" maxLength={200} problem={problem("last_name")} />
      </div>
      <Field label="Company" name="company_name" maxLength={200} problem={problem("company_name")} />
      <Field label="Phone" name="phone" type="tel" problem={problem("phones")} />
      <Field label="E-mail address" name="email" type="email" problem={problem("emails")} />
      <ProblemNote error={create.error} />
      <div className="buttons">
        <button type="submit" className="primary" disabled={create.isPending}>
          {create.isPending ? "Saving …" : "Save contact"}
        </button>
        <button type="button" className="plain" onClick={onDone}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function contactFrom(values: Record<string, string>): NewContact {
  const text = (name: string) => values[name]?.trim() ?? "";
  const contact: Record<string, unknown> = {};
  for (const name of ["first_name", "last_name", "company_name"]) if (text(name)) contact[name] = text(name);
  if (text("phone")) contact.phones = [{ number: text("phone"), type: "work" }];
  if (text("email")) contact.emails = [{ address: text("email"), type: "work" }];
  return contact as NewContact;
}
