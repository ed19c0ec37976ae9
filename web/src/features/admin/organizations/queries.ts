import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { usePages } from "@/ui/pages";

export function useOrganizations() {
  return usePages(["organizations"], (cursor) =>
    data(api.GET("/api/v1/organizations", { params: { query: { cursor, sort: "name" } } })),
  );
}

const at = (id: string) => ({ params: { path: { org_id: id } } });

export const readOrganization = (id: string) =>
  tagged<Schemas["OrganizationRead"]>(api.GET("/api/v1/organizations/{org_id}", at(id)));

/** Makes an organisation, or gives the one of this id another name as long as nobody else did. */
export function useSaveOrganization() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, name }: { id?: string; etag?: string; name: string }) =>
      id
        ? data(api.PATCH("/api/v1/organizations/{org_id}", { ...asRead({ org_id: id }, etag), body: { name } }))
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
    mutationFn: ({ id, etag }: { id: string; etag: string }) =>
      data(api.DELETE("/api/v1/organizations/{org_id}", asRead({ org_id: id }, etag))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["organizations"] }),
  });
}
