import type { Status } from "@sep/realtime";
import { useRealtimeStatus } from "../shared/realtime.ts";

const WORDS: Record<Status["state"], string> = {
  connecting: "Connecting …",
  live: "Live",
  waiting: "Reconnecting …",
  offline: "Offline",
  ended: "Signed out",
};

/** Whether what happens is seen as it happens. */
export function ConnectionStatus() {
  const { state } = useRealtimeStatus();
  return (
    <p className="connection" data-state={state} role="status">
      <span className="connection-light" aria-hidden="true" />
      {WORDS[state]}
    </p>
  );
}
