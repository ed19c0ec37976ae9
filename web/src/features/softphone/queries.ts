import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { type Contact, recentContacts } from "./recent";

export type Softphone = Schemas["Softphone"];
export type Account = Schemas["SoftphoneAccount"];
export type ShownNumbers = Schemas["ShownNumbers"];

const KEY = ["softphone"];

/** How this page registers. Kept in memory alone, as long as the page lives. */
export function useSoftphone() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => data(api.GET("/api/v1/softphone")),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** Makes the browser phone of one's own extension, as a draft. */
export function usePrepareSoftphone() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => data(api.POST("/api/v1/softphone", { body: {} })),
    onSuccess: (made) => queries.setQueryData(KEY, made),
  });
}

/** A queue's name, for who may read it. */
export function useQueueName(id: string | null): string | null {
  const { data: queue } = useQuery({
    queryKey: ["queues", id],
    queryFn: () => data(api.GET("/api/v1/queues/{object_id}", { params: { path: { object_id: id ?? "" } } })),
    enabled: id !== null,
  });
  return queue?.name ?? null;
}

/** Colleagues by a part of name or number, oneself left out. */
export function useColleagues(q: string, wanted: boolean): Contact[] {
  const own = useSoftphone().data?.number;
  const { data: page } = useQuery({
    queryKey: ["extensions", "directory", q],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/directory", { params: { query: { q: q || undefined, limit: 20 } }, signal })),
    enabled: wanted,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
  return (page?.items ?? []).filter(({ number }) => number !== own);
}

/** The other sides of the last calls of one's own extension, for who may read them. */
export function useRecentContacts(wanted: boolean): Contact[] {
  const may = useMay();
  const extension_id = useSoftphone().data?.extension_id ?? undefined;
  const { data: contacts } = useQuery({
    queryKey: ["call-log", "recent", extension_id],
    queryFn: async () => {
      const { items } = await data(api.GET("/api/v1/calls", { params: { query: { extension_id, limit: 20 } } }));
      return recentContacts(items);
    },
    enabled: wanted && extension_id !== undefined && may("calls:read"),
    staleTime: 10_000,
  });
  return contacts ?? [];
}
