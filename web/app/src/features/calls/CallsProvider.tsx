import { unwrap } from "@sep/api";
import { type UseMutationResult, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { useRealtime, useRealtimeStatus } from "../../shared/realtime.ts";
import { useApi } from "../../shared/services.ts";
import { useMe } from "../session/useMe.ts";
import { type Call, isOver, progressed } from "./call.ts";

export interface Dialing {
  contactId: string;
  phone: string;
  /** The same for a repetition of the same wish. */
  key: string;
}

interface Calls {
  /** The call that was placed last, until it is put away. */
  current: Call | undefined;
  dial: UseMutationResult<Call, Error, Dialing>;
  /** Ends the call of this id for both sides. */
  hangUp: UseMutationResult<Call, Error, string>;
  putAway: () => void;
}

const CallsContext = createContext<Calls | undefined>(undefined);

export function useCalls(): Calls {
  const calls = use(CallsContext);
  if (calls === undefined) throw new Error("no calls are provided");
  return calls;
}

/** Milliseconds after which a running call is asked for while nothing is pushed. */
const WITHOUT_SOCKET = 3_000;

/** One call at a time, which goes on while its user looks at something else. */
export function CallsProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const queries = useQueryClient();
  const [id, setId] = useState<string>();
  const live = useRealtimeStatus().state === "live";
  useCallEvents();
  const { data: current } = useQuery({
    queryKey: ["calls", "one", id],
    enabled: id !== undefined,
    queryFn: async ({ signal, queryKey }) => {
      const path = { call_id: id ?? "" };
      const read = await unwrap<Call>(api.GET("/v1/calls/{call_id}", { params: { path }, signal }));
      // An event may have overtaken the answer.
      const known = queries.getQueryData<Call>(queryKey);
      return known !== undefined && known.version > read.version ? known : read;
    },
    refetchInterval: ({ state }) => (live || (state.data && isOver(state.data)) ? false : WITHOUT_SOCKET),
  });
  const dial = useMutation({
    mutationFn: ({ contactId, phone, key }: Dialing) =>
      unwrap<Call>(
        api.POST("/v1/calls", {
          body: { contact_id: contactId, phone, mode: "bridge" },
          headers: { "Idempotency-Key": key },
        }),
      ),
    onSuccess: (call) => {
      const queryKey = ["calls", "one", call.id];
      queries.setQueryData(queryKey, call);
      setId(call.id);
      // What was pushed before this answer came had nobody to go to.
      void queries.invalidateQueries({ queryKey });
    },
  });
  const hangUp = useMutation({
    mutationFn: (call_id: string) =>
      unwrap<Call>(api.POST("/v1/calls/{call_id}/hang-up", { params: { path: { call_id } } })),
    onSuccess: (call) => queries.setQueryData(["calls", "one", call.id], call),
  });
  const busy = current !== undefined && !isOver(current);
  useIncomingCall(busy ? undefined : setId);
  const calls = useMemo(
    () => ({ current, dial, hangUp, putAway: () => setId(undefined) }),
    [current, dial, hangUp],
  );
  return <CallsContext value={calls}>{children}</CallsContext>;
}

/** Shows who calls those whom it rings, unless they are on the line already: then the bell tells of it. */
function useIncomingCall(show: ((call: string) => void) | undefined): void {
  const realtime = useRealtime();
  const me = useMe().data?.id;
  useEffect(() => {
    if (show === undefined || me === undefined) return undefined;
    // Whoever looks at the contact hears of the call as well.
    return realtime?.on("call.ringing", ({ data }) => {
      if (data.rung_ids.includes(me)) show(data.call_id);
    });
  }, [realtime, show, me]);
}

/** What is pushed about calls goes to whoever shows them. */
function useCallEvents(): void {
  const realtime = useRealtime();
  const queries = useQueryClient();
  useEffect(
    () =>
      realtime?.on("call.updated", ({ data }) => {
        const queryKey = ["calls", "one", data.call_id];
        queries.setQueryData<Call>(queryKey, (call) => call && progressed(call, data));
        // The event says how the call is; when it was answered and the rest is read.
        void queries.invalidateQueries({ queryKey });
      }),
    [realtime, queries],
  );
}
