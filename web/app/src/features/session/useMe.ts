import { type Schemas, unwrap } from "@sep/api";
import { useQuery } from "@tanstack/react-query";
import { useApi } from "../../shared/services.ts";

export type Me = Schemas["Me"];

/** Who is signed in. */
export function useMe() {
  const api = useApi();
  return useQuery({ queryKey: ["me"], queryFn: ({ signal }) => unwrap(api.GET("/v1/me", { signal })) });
}
