import { type Api, ApiProblem, createApi, unwrap } from "@sep/api";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";
import { SessionStore } from "../features/session/store.ts";
import { browserTabs } from "../features/session/tabs.ts";

/** What the parts of the page have in common. */
export interface Services {
  api: Api;
  session: SessionStore;
  queries: QueryClient;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (services === undefined) throw new Error("no services are provided");
  return services;
}

export function useApi(): Api {
  return useServices().api;
}

export function createServices(): Services {
  const session = new SessionStore({
    refresh: (refresh_token) => unwrap(api.POST("/v1/auth/refresh", { body: { refresh_token } })),
    signOut: async ({ access_token, refresh_token }) => {
      await api.POST("/v1/auth/sign-out", {
        body: { refresh_token },
        headers: { Authorization: `Bearer ${access_token}` },
      });
    },
    storage: sessionStorage,
    tabs: browserTabs(),
    now: () => Date.now(),
  });
  const api = createApi({
    accessToken: () => session.accessToken(),
    renew: (refused) => session.renew(refused),
  });
  return { api, session, queries: createQueries() };
}

const RETRIES = 2;

function createQueries(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        // Changes are pushed; what is on the screen need not be asked for again and again.
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < RETRIES && isWorthRetrying(error),
      },
      // What sends or creates is repeated by the person who wanted it.
      mutations: { retry: false },
    },
  });
}

function isWorthRetrying(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 503 || error.status === 429);
}
