import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { usePages } from "@/ui/pages";

export type Location = Schemas["LocationRead"];

export function useLocationPages() {
  return usePages(["locations", "list"], (cursor) =>
    data(api.GET("/api/v1/locations", { params: { query: { cursor, sort: "name" } } })),
  );
}

/** Names of the nodes a location may have as its home; only installation admins may see them. */
export function useNodeNames(): string[] {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: ["nodes", "names"],
    queryFn: () => data(api.GET("/api/v1/nodes", { params: { query: { limit: 500 } } })),
    enabled: may("nodes:read"),
  });
  return page?.items.map(({ name }) => name) ?? [];
}

/** Makes a location, or changes the one of this id as long as nobody else did. */
export function useSaveLocation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, body }: { id?: string; etag?: string | null; body: Schemas["LocationWrite"] }) =>
      id
        ? data(
            api.PATCH("/api/v1/locations/{location_id}", {
              params: { path: { location_id: id }, header: { "if-match": etag ?? undefined } },
              body,
            }),
          )
        : data(api.POST("/api/v1/locations", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["locations"] }),
  });
}

export function useDeleteLocation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      data(api.DELETE("/api/v1/locations/{location_id}", { params: { path: { location_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["locations"] }),
  });
}

/** A location with the tag that a change must name. */
export function useLocation(id: string) {
  return useQuery({
    queryKey: ["locations", "one", id],
    queryFn: async () => {
      const answer = await api.GET("/api/v1/locations/{location_id}", { params: { path: { location_id: id } } });
      return { location: answer.data as Location, etag: answer.response.headers.get("ETag") };
    },
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
