import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { usePages } from "@/ui/pages";

export type User = Schemas["UserRead"];

export function useUsers(q: string, role: string) {
  return usePages(["users", "list", q, role], (cursor) =>
    data(api.GET("/api/v1/users", { params: { query: { q: q || undefined, role: role || undefined, cursor } } })),
  );
}

/** Everybody one may see (at most 500), to name those whose ids are known. */
export function usePeople() {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: ["users", "names"],
    queryFn: () => data(api.GET("/api/v1/users", { params: { query: { limit: 500 } } })),
    enabled: may("users:read"),
    staleTime: 60_000,
  });
  return page?.items ?? [];
}

/** Extensions to choose from, by number. */
export function useExtensions() {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: ["extensions", "choice"],
    queryFn: () => data(api.GET("/api/v1/extensions", { params: { query: { limit: 500, sort: "number" } } })),
    enabled: may("extensions:read"),
  });
  return page?.items ?? [];
}

/** A user with the tag that a change must name. */
export function useUser(id: string) {
  return useQuery({
    queryKey: ["users", "one", id],
    queryFn: async () => {
      const answer = await api.GET("/api/v1/users/{user_id}", { params: { path: { user_id: id } } });
      return { user: answer.data as User, etag: answer.response.headers.get("ETag") };
    },
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Something done to users; their lists are read again after it. */
export function useUserChange<Wanted, Answer>(change: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }) });
}

export const patchUser = ({ id, etag, body }: { id: string; etag?: string | null; body: Schemas["UserPatch"] }) =>
  data(
    api.PATCH("/api/v1/users/{user_id}", {
      params: { path: { user_id: id }, header: { "if-match": etag ?? undefined } },
      body,
    }),
  );

export const deleteUser = (id: string) =>
  data(api.DELETE("/api/v1/users/{user_id}", { params: { path: { user_id: id } } }));

export const resetPassword = (id: string) =>
  data(api.POST("/api/v1/users/{user_id}/reset-password", { params: { path: { user_id: id } } }));

export const createUser = (body: Schemas["UserWrite"]) => data(api.POST("/api/v1/users", { body }));
