import { ApiProblem, type Schemas } from "@sep/api";
import { type FormEvent, type ReactNode, useMemo, useState } from "react";
import { encode } from "uqr";
import { Field, ProblemNote } from "../../shared/ui.tsx";

interface StepProps {
  onStartOver: () => void;
}

/** The form of one step: sends what was filled in once, and says what the server thought of it. */
function StepForm({
  title,
  button,
  onSubmit,
  onStartOver,
  children,
}: {
  title: string;
  button: string;
  onSubmit: (values: Record<string, string>) => Promise<void>;
  onStartOver?: () => void;
  children: ReactNode;
}) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entries = new FormData(event.currentTarget).entries();
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit(Object.fromEntries(entries) as Record<string, string>);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} aria-busy={busy}>
      <h2>{title}</h2>
      {children}
      <ProblemNote error={error} />
      {error instanceof ApiProblem && error.retryAfter !== undefined && (
        <p className="hint">Try again in {error.retryAfter} seconds.</p>
      )}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? "One moment …" : button}
      </button>
      {onStartOver && (
        <button type="button" className="plain" onClick={onStartOver}>
          Start over
        </button>
      )}
    </form>
  );
}

export function PasswordStep({ onSubmit }: { onSubmit: (body: Schemas["SignInRequest"]) => Promise<void> }) {
  return (
    <StepForm
      title="Sign in"
      button="Sign in"
      onSubmit={({ email = "", password = "" }) => onSubmit({ email: email.trim(), password })}
    >
      <Field label="E-mail address" name="email" type="email" autoComplete="username" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
    </StepForm>
  );
}

export function CodeStep({
  onSubmit,
  onStartOver,
}: { onSubmit: (code: string) => Promise<void> } & StepProps) {
  return (
    <StepForm
      title="Enter the code"
      button="Continue"
      onStartOver={onStartOver}
      onSubmit={({ code = "" }) => onSubmit(code.trim())}
    >
      <CodeField hint="The six digits that your authenticator app shows." />
    </StepForm>
  );
}

export function NewPasswordStep({
  onSubmit,
  onStartOver,
}: { onSubmit: (password: string) => Promise<void> } & StepProps) {
  return (
    <StepForm
      title="Choose a password"
      button="Save and continue"
      onStartOver={onStartOver}
      onSubmit={({ password = "" }) => onSubmit(password)}
    >
      <Field
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={256}
        hint="At least 12 characters, with an upper-case and a lower-case letter, a digit and a symbol."
        required
        autoFocus
      />
    </StepForm>
  );
}

/** The second factor that the tenant demands: shown once, never stored here. */
export function SetupStep({
  setup,
  onSubmit,
  onStartOver,
}: { setup: Schemas["MfaSetup"]; onSubmit: (code: string) => Promise<void> } & StepProps) {
  return (
    <StepForm
      title="Set up your authenticator app"
      button="Confirm"
      onStartOver={onStartOver}
      onSubmit={({ code = "" }) => onSubmit(code.trim())}
    >
      <p>
        Your company asks for a second factor. Scan this with your app, then enter the code that it shows.
      </p>
      <QrCode text={setup.otpauth_uri} />
      <p className="hint">
        No camera? Type this into the app: <code className="secret">{setup.secret}</code>
      </p>
      <CodeField />
    </StepForm>
  );
}

function CodeField({ hint }: { hint?: string }) {
  return (
    <Field
      label="Code"
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*[0-9]{6}\s*"
      required
      autoFocus
      {...(hint === undefined ? {} : { hint })}
    />
  );
}

function QrCode({ text }: { text: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(text, { border: 2 });
    const dots = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { path: dots.join(""), size };
  }, [text]);
  return (
    <svg
      className="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="QR code for the authenticator app"
    >
      <path d={path} />
    </svg>
  );
}
