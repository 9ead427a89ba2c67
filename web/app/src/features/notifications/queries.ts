import { type Schemas, unwrap } from "@sep/api";
import {
  type InfiniteData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useApi } from "../../shared/services.ts";

export type Preferences = Schemas["NotificationPreferences"];
type Page = Schemas["NotificationPage"];

export const PAGE = 50;
const LIST = ["notifications", "list"];
const PREFERENCES = ["notifications", "preferences"];

/** The newest first. */
export function useNotifications() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: LIST,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/v1/notifications", {
          params: { query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Marks these, or all, as read: here at once, in the other tabs by an event. */
export function useMarkRead() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[] | "all") =>
      unwrap(api.POST("/v1/notifications/read", { body: ids === "all" ? { all: true } : { ids } })),
    onMutate: (ids) => {
      const read_at = new Date().toISOString();
      queries.setQueryData<InfiniteData<Page>>(LIST, (data) => data && withRead(data, ids, read_at));
    },
    onError: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}

export function withRead(
  data: InfiniteData<Page>,
  ids: string[] | "all",
  read_at: string,
): InfiniteData<Page> {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((item) =>
      item.read_at === null && (ids === "all" || ids.includes(item.id)) ? { ...item, read_at } : item,
    ),
  }));
  return { ...data, pages };
}

export function usePreferences() {
  const api = useApi();
  return useQuery({
    queryKey: PREFERENCES,
    queryFn: ({ signal }) => unwrap(api.GET("/v1/me/notification-preferences", { signal })),
  });
}

export function useSavePreferences() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Preferences) => unwrap(api.PUT("/v1/me/notification-preferences", { body })),
    onSuccess: (saved) => queries.setQueryData(PREFERENCES, saved),
  });
}
