import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { usePages } from "@/ui/pages";

export function useOrganizations() {
  return usePages(["organizations"], (cursor) =>
    data(api.GET("/api/v1/organizations", { params: { query: { cursor, sort: "name" } } })),
  );
}

/** Makes an organisation, or gives the one of this id another name. */
export function useSaveOrganization() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id?: string; name: string }) =>
      id
        ? data(api.PATCH("/api/v1/organizations/{org_id}", { params: { path: { org_id: id } }, body: { name } }))
        : data(api.POST("/api/v1/organizations", { body: { name } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["organizations"] });
      await queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
}

export function useDeleteOrganization() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      data(api.DELETE("/api/v1/organizations/{org_id}", { params: { path: { org_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["organizations"] }),
  });
}
