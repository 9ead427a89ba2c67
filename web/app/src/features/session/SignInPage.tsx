import { type Schemas, unwrap } from "@sep/api";
import { useState } from "react";
import { useServices } from "../../shared/services.ts";
import { CodeStep, NewPasswordStep, PasswordStep, SetupStep } from "./steps.tsx";
import type { Tokens } from "./store.ts";

type Setup = Schemas["MfaSetup"];
type Challenge = Schemas["Challenge"];
type Answer = Tokens | Challenge | Setup;
type ChallengeAnswer = Schemas["ChallengeRequest"];

/** Signing in, one step after the other, until there are tokens. */
export function SignInPage({ expired }: { expired: boolean }) {
  const { api, session } = useServices();
  const [step, setStep] = useState<Challenge | Setup>();

  const follow = async (answer: Answer): Promise<void> => {
    if ("access_token" in answer) session.signedIn(answer);
    else if (answer.challenge === "MFA_SETUP" && !("secret" in answer)) {
      await meet({ challenge: "MFA_SETUP", session: answer.session });
    } else setStep(answer);
  };
  const meet = async (body: ChallengeAnswer): Promise<void> =>
    follow(await unwrap<Answer>(api.POST("/v1/auth/challenge", { body })));

  return (
    <main className="sign-in">
      <div className="card">
        <h1>Sales Engagement</h1>
        {expired && step === undefined && (
          <p className="note" role="status">
            Your session has ended. Please sign in again.
          </p>
        )}
        {step === undefined ? (
          <PasswordStep
            onSubmit={async (body) => follow(await unwrap<Answer>(api.POST("/v1/auth/sign-in", { body })))}
          />
        ) : (
          <Step step={step} meet={meet} startOver={() => setStep(undefined)} />
        )}
      </div>
    </main>
  );
}

function Step({
  step,
  meet,
  startOver,
}: {
  step: Challenge | Setup;
  meet: (body: ChallengeAnswer) => Promise<void>;
  startOver: () => void;
}) {
  const { session } = step;
  if ("secret" in step) {
    const onCode = (code: string) => meet({ challenge: "MFA_SETUP", session, code });
    return <SetupStep setup={step} onSubmit={onCode} onStartOver={startOver} />;
  }
  if (step.challenge === "NEW_PASSWORD_REQUIRED") {
    const onPassword = (new_password: string) =>
      meet({ challenge: "NEW_PASSWORD_REQUIRED", session, new_password });
    return <NewPasswordStep onSubmit={onPassword} onStartOver={startOver} />;
  }
  const onCode = (code: string) => meet({ challenge: "SOFTWARE_TOKEN_MFA", session, code });
  return <CodeStep onSubmit={onCode} onStartOver={startOver} />;
}
