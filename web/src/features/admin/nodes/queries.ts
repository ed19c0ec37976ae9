import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { asRead, tagged } from "@/api/tagged";
import { useMay } from "@/session/SessionProvider";
import { usePages } from "@/ui/pages";

export type Node = Schemas["NodeRead"];

export function useNodes() {
  return usePages(["nodes", "list"], (cursor) => data(api.GET("/api/v1/nodes", { params: { query: { cursor } } })));
}

/** Names of trunks by the name Asterisk knows them by. */
export function useTrunkNames(): Map<string, string> {
  const may = useMay();
  const { data: page } = useQuery({
    queryKey: ["trunks", "names"],
    queryFn: () => data(api.GET("/api/v1/trunks", { params: { query: { limit: 500 } } })),
    enabled: may("trunks:read"),
  });
  return new Map(page?.items.map(({ id, name }) => [`trunk-${id.replaceAll("-", "")}`, name]));
}

/** Something done to nodes; their state is read again after it. */
export function useNodeChange<Wanted, Answer>(change: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries({ queryKey: ["nodes"] }) });
}

const at = (id: string) => ({ params: { path: { node_id: id } } });

export const createNode = (name: string) => data(api.POST("/api/v1/nodes", { body: { name } }));
export const newCode = (id: string) => data(api.POST("/api/v1/nodes/{node_id}/enrolment-code", at(id)));
export const checkDrift = (id: string) => data(api.POST("/api/v1/nodes/{node_id}/drift-check", at(id)));
export const reconcile = (id: string) => data(api.POST("/api/v1/nodes/{node_id}/reconcile", at(id)));
export const readNode = (id: string) => tagged<Node>(api.GET("/api/v1/nodes/{node_id}", at(id)));
export const forgetNode = ({ id, etag }: { id: string; etag: string }) =>
  data(api.DELETE("/api/v1/nodes/{node_id}", asRead({ node_id: id }, etag)));
export const disableNode = ({ id, etag, disabled }: { id: string; etag: string; disabled: boolean }) =>
  data(api.PATCH("/api/v1/nodes/{node_id}", { ...asRead({ node_id: id }, etag), body: { disabled } }));
