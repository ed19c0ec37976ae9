import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";

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
