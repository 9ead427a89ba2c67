import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { SignInPage } from "../features/session/SignInPage.tsx";
import { type Services, ServicesContext } from "../shared/services.ts";
import { SignedIn } from "./SignedIn.tsx";

export function App({ services }: { services: Services }) {
  const { session, queries } = services;
  const state = useSyncExternalStore(session.subscribe, () => session.state);
  // What one user has seen is not kept for the next.
  useEffect(() => {
    if (state.phase === "signed-out") queries.clear();
  }, [state.phase, queries]);
  return (
    <ServicesContext value={services}>
      <QueryClientProvider client={queries}>
        {state.phase === "restoring" && <p className="loading">One moment …</p>}
        {state.phase === "signed-out" && <SignInPage expired={state.reason === "expired"} />}
        {state.phase === "signed-in" && <SignedIn />}
      </QueryClientProvider>
    </ServicesContext>
  );
}
