import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
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

const at = (id: string) => ({ params: { path: { location_id: id } } });

export const readLocation = (id: string) => tagged<Location>(api.GET("/api/v1/locations/{location_id}", at(id)));

/** Makes a location, or changes the one of this id as long as nobody else did. */
export function useSaveLocation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, body }: { id?: string; etag?: string; body: Schemas["LocationWrite"] }) =>
      id
        ? data(api.PATCH("/api/v1/locations/{location_id}", { ...asRead({ location_id: id }, etag), body }))
        : data(api.POST("/api/v1/locations", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["locations"] }),
  });
}

export function useDeleteLocation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag }: { id: string; etag: string }) =>
      data(api.DELETE("/api/v1/locations/{location_id}", asRead({ location_id: id }, etag))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["locations"] }),
  });
}
