import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import type { Contact } from "./recent";

export type Softphone = Schemas["Softphone"];
export type Account = Schemas["SoftphoneAccount"];
export type ShownNumbers = Schemas["ShownNumbers"];

const KEY = ["softphone"];
const DIRECTORY = "directory";

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
    queryKey: [DIRECTORY, "colleagues", q],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/directory", { params: { query: { q: q || undefined, limit: 20 } }, signal })),
    enabled: wanted,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
  return (page?.items ?? []).filter(({ number }) => number !== own).map((one) => ({ ...one, dial: one.number }));
}

/** With whom one's own extension had calls lately, for who may read calls. */
export function useRecentContacts(wanted: boolean): Contact[] {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: [DIRECTORY, "recent"],
    queryFn: () => data(api.GET("/api/v1/directory/recent")),
    enabled: wanted && may("calls:read"),
    staleTime: 10_000,
  });
  return page?.items ?? [];
}

/** Contacts outside by a part of name, company or number, as far as one's phone gets there. Never those of before. */
export function useCallableContacts(q: string, wanted: boolean): Contact[] {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: [DIRECTORY, "contacts", q],
    queryFn: ({ signal }) => data(api.GET("/api/v1/directory/contacts", { params: { query: { q } }, signal })),
    enabled: wanted && q !== "" && may("contacts:read"),
    staleTime: 30_000,
  });
  return page?.items ?? [];
}
