import { Redirect, Route, Switch, useRoute } from "wouter";
import { CallBar } from "../features/calls/CallBar.tsx";
import { CallsProvider } from "../features/calls/CallsProvider.tsx";
import { ContactList } from "../features/contacts/ContactList.tsx";
import { ContactPage } from "../features/contacts/ContactPage.tsx";
import { PreferencesPage } from "../features/preferences/PreferencesPage.tsx";
import { useMe } from "../features/session/useMe.ts";
import { RealtimeContext, useRealtimeOf } from "../shared/realtime.ts";
import { Empty, ProblemNote } from "../shared/ui.tsx";
import { TopBar } from "./TopBar.tsx";

/** Everything behind the sign-in. */
export function SignedIn() {
  const me = useMe();
  const realtime = useRealtimeOf(me.data?.id);
  if (me.error && !me.data) {
    return (
      <main className="sign-in">
        <ProblemNote
          error={me.error}
          action={
            <button type="button" onClick={() => void me.refetch()}>
              Try again
            </button>
          }
        />
      </main>
    );
  }
  if (me.data === undefined) return <p className="loading">One moment …</p>;
  return (
    <RealtimeContext value={realtime}>
      <CallsProvider>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <TopBar me={me.data} />
        <Pages timeZone={me.data.timezone} />
        <CallBar />
      </CallsProvider>
    </RealtimeContext>
  );
}

function Pages({ timeZone }: { timeZone: string | null }) {
  const [onContact, params] = useRoute("/contacts/:id");
  return (
    <Switch>
      <Route path="/contacts/:id?">
        <main className="split" data-detail={onContact} id="content" tabIndex={-1}>
          <ContactList selected={params?.id} />
          <div className="detail">
            {params?.id ? (
              <ContactPage key={params.id} id={params.id} />
            ) : (
              <Empty title="Choose a contact">
                <p>
                  Type <kbd>/</kbd> to search.
                </p>
              </Empty>
            )}
          </div>
        </main>
      </Route>
      <Route path="/preferences">
        <main className="page" id="content" tabIndex={-1}>
          <PreferencesPage timeZone={timeZone} />
        </main>
      </Route>
      <Route>
        <Redirect to="/contacts" replace />
      </Route>
    </Switch>
  );
}
