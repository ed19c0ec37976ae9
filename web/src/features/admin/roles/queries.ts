import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { useMay } from "@/session/SessionProvider";

export type Role = Schemas["RoleRead"];

export function useRolesQuery() {
  const may = useMay();
  return useQuery({
    queryKey: ["roles"],
    queryFn: () => data(api.GET("/api/v1/roles")),
    enabled: may("roles:read"),
    staleTime: 60_000,
  });
}

/** Built-in roles, then one's own; empty for who may not see them. */
export function useRoles(): Role[] {
  return useRolesQuery().data?.items ?? [];
}

const at = (id: string) => ({ params: { path: { role_id: id } } });

export const readRole = (id: string) => tagged<Role>(api.GET("/api/v1/roles/{role_id}", at(id)));

/** Makes a role, or changes the one of this id as long as nobody else did. */
export function useSaveRole() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, body }: { id?: string; etag?: string; body: Schemas["RoleWrite"] }) =>
      id
        ? data(api.PATCH("/api/v1/roles/{role_id}", { ...asRead({ role_id: id }, etag), body }))
        : data(api.POST("/api/v1/roles", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}

export function useDeleteRole() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag }: { id: string; etag: string }) =>
      data(api.DELETE("/api/v1/roles/{role_id}", asRead({ role_id: id }, etag))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}
