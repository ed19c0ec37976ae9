import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
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

/** Makes a role, or changes the one of this id. */
export function useSaveRole() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id: string | null; body: Schemas["RoleWrite"] }) =>
      id
        ? data(api.PATCH("/api/v1/roles/{role_id}", { params: { path: { role_id: id } }, body }))
        : data(api.POST("/api/v1/roles", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}

export function useDeleteRole() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => data(api.DELETE("/api/v1/roles/{role_id}", { params: { path: { role_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
}
