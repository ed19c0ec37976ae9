import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { usePages } from "@/ui/pages";

export type Login = Schemas["SessionRead"];

/** Logins that hold: of one user, or of everybody one may see. */
export function useLogins(userId: string | undefined) {
  return usePages(["sessions", userId ?? "all"], (cursor) =>
    data(api.GET("/api/v1/sessions", { params: { query: { cursor, user_id: userId } } })),
  );
}

export function useEndLogin() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      data(api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}
