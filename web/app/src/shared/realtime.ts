import { ApiProblem, unwrap } from "@sep/api";
import { Realtime, SessionEnded, type Status } from "@sep/realtime";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState } from "react";
import { useApi } from "./services.ts";

export const RealtimeContext = createContext<Realtime | undefined>(undefined);

/** The user's event stream; `undefined` until it has begun. */
export function useRealtime(): Realtime | undefined {
  return use(RealtimeContext);
}

/** Opens the stream of `user` and keeps it while the page is signed in. */
export function useRealtimeOf(user: string | undefined): Realtime | undefined {
  const api = useApi();
  const queries = useQueryClient();
  const [realtime, setRealtime] = useState<Realtime>();
  useEffect(() => {
    if (user === undefined) return;
    const opened = new Realtime({
      user,
      ticket: async () => {
        try {
          return await unwrap(api.POST("/v1/realtime/ticket"));
        } catch (error) {
          if (error instanceof ApiProblem && error.status === 401) throw new SessionEnded();
          throw error;
        }
      },
    });
    // Something was missed that cannot be replayed: whatever is shown is read again.
    opened.onRestart(() => void queries.invalidateQueries());
    setRealtime(opened);
    return () => {
      opened.close();
      setRealtime(undefined);
    };
  }, [api, queries, user]);
  return realtime;
}

export function useRealtimeStatus(): Status {
  const realtime = useRealtime();
  const [status, setStatus] = useState<Status>(realtime?.status ?? { state: "connecting" });
  useEffect(() => {
    if (realtime === undefined) return;
    setStatus(realtime.status);
    return realtime.onStatus(setStatus);
  }, [realtime]);
  return status;
}
