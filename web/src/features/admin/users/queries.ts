import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { useMay } from "@/session/SessionProvider";
import { usePages } from "@/ui/pages";

export type User = Schemas["UserRead"];

const NONE: Schemas["Extension"][] = [];
export const MOST_IDS = 200; // in one question

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

/** The first extensions with these words in name or number, by number. */
export function useExtensionSearch(q: string, wanted: boolean) {
  const may = useMay();
  return useQuery({
    queryKey: ["extensions", "choice", q],
    queryFn: () =>
      data(api.GET("/api/v1/extensions", { params: { query: { q: q || undefined, limit: 30, sort: "number" } } })),
    enabled: wanted && may("extensions:read"),
    placeholderData: keepPreviousData,
  });
}

/** Extensions by their ids; those that are gone, or not for one's eyes, are missing. */
export function useExtensionsOf(ids: string[]) {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: ["extensions", "of", ids],
    queryFn: () => data(api.GET("/api/v1/extensions", { params: { query: { ids, limit: MOST_IDS } } })),
    enabled: ids.length > 0 && may("extensions:read"),
  });
  return page?.items ?? NONE;
}

const at = (id: string) => ({ params: { path: { user_id: id } } });

export const readUser = (id: string) => tagged<User>(api.GET("/api/v1/users/{user_id}", at(id)));

/** Something done to users; their lists are read again after it. */
export function useUserChange<Wanted, Answer>(change: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries({ queryKey: ["users"] }) });
}

export const patchUser = ({ id, etag, body }: { id: string; etag: string; body: Schemas["UserPatch"] }) =>
  data(api.PATCH("/api/v1/users/{user_id}", { ...asRead({ user_id: id }, etag), body }));

export const deleteUser = ({ id, etag }: { id: string; etag: string }) =>
  data(api.DELETE("/api/v1/users/{user_id}", asRead({ user_id: id }, etag)));

export const resetPassword = (id: string) => data(api.POST("/api/v1/users/{user_id}/reset-password", at(id)));

export const createUser = (body: Schemas["UserWrite"]) => data(api.POST("/api/v1/users", { body }));
