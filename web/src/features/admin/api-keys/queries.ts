import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { usePages } from "@/ui/pages";

export type ApiKey = Schemas["ApiKeyRead"];

export function useApiKeys() {
  return usePages(["api-keys"], (cursor) => data(api.GET("/api/v1/api-keys", { params: { query: { cursor } } })));
}

export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["ApiKeyWrite"]) => data(api.POST("/api/v1/api-keys", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

const at = (id: string) => ({ params: { path: { key_id: id } } });

export const readKey = (id: string) => tagged<ApiKey>(api.GET("/api/v1/api-keys/{key_id}", at(id)));

export function useDeleteKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag }: { id: string; etag: string }) =>
      data(api.DELETE("/api/v1/api-keys/{key_id}", asRead({ key_id: id }, etag))),
    onSettled: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}
