import { unwrap } from "@sep/api";
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useApi } from "../../shared/services.ts";
import type { NewContact } from "./NewContact.tsx";
import { type Found, search } from "./search.ts";

const PAGE = 50;

/** Newest first, a page at a time. */
export function useContacts(enabled: boolean) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["contacts", "list"],
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/v1/contacts", {
          params: { query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** The contacts that fit what was typed so far, the best first; the last answer stays until the next one is there. */
export function useSearch(text: string) {
  const api = useApi();
  return useQuery<Found[]>({
    queryKey: ["contacts", "search", text],
    enabled: text !== "",
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => search(api, text, signal),
  });
}

/** Nothing is asked where there is no id, as of a caller whom nobody knows. */
export function useContact(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["contacts", "one", id],
    enabled: id !== null,
    queryFn: ({ signal }) =>
      unwrap(api.GET("/v1/contacts/{contact_id}", { params: { path: { contact_id: id ?? "" } }, signal })),
  });
}

export function useCreateContact() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ contact, key }: { contact: NewContact; key: string }) =>
      unwrap(api.POST("/v1/contacts", { body: contact, headers: { "Idempotency-Key": key } })),
    onSuccess: (created) => {
      queries.setQueryData(["contacts", "one", created.id], created);
      return queries.invalidateQueries({ queryKey: ["contacts", "list"] });
    },
  });
}
