/** Objects of every kind over the same routes. Query keys begin with the resource. */
import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Schemas as Api, api, data } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import type { Document } from "./document";
import { findKind, kindOf } from "./kinds";
import { portionsOf } from "./lists";
import type { Schemas } from "./schema";
import { text } from "./text";

/** An object as it is read; its other fields are those of its kind. */
export interface ConfigObject extends Document {
  id: string;
  name: string;
  version: number;
  location_id: string | null;
  updated_at: string;
}

export type Use = Api["UseRead"];

// All kinds have the same routes; the client's types know them as one of them.
const many = (resource: string) => `/api/v1/${resource}` as "/api/v1/extensions";
const one = (resource: string) => `/api/v1/${resource}/{object_id}` as "/api/v1/extensions/{object_id}";
/** Ids in one request: its address stays below the 8 kB that proxies take. */
const MOST_IDS = 100;
const at = (id: string) => ({ path: { object_id: id } });

/** The ETag of an object at a version, as the API writes it. */
export const etagOf = ({ version }: { version: number }) => `"${version}"`;

interface Page {
  items: ConfigObject[];
  next_cursor: string | null;
  total?: number | null;
}

export type ListParams = Record<string, string | number | boolean | string[] | undefined>;

export async function fetchPage(resource: string, query: ListParams, signal?: AbortSignal): Promise<Page> {
  const page = await data(api.GET(many(resource), { params: { query: query as never }, signal }));
  return page as unknown as Page;
}

export async function fetchObject(resource: string, id: string): Promise<ConfigObject> {
  return (await data(api.GET(one(resource), { params: at(id) }))) as unknown as ConfigObject;
}

export async function createObject(resource: string, body: Document): Promise<ConfigObject> {
  return (await data(api.POST(many(resource), { body: body as never }))) as unknown as ConfigObject;
}

export async function changeObject(resource: string, was: ConfigObject, body: Document): Promise<ConfigObject> {
  const params = { ...at(was.id), header: { "if-match": etagOf(was) } };
  return (await data(api.PATCH(one(resource), { params, body: body as never }))) as unknown as ConfigObject;
}

export async function deleteObject(resource: string, was: ConfigObject): Promise<void> {
  await api.DELETE(one(resource), { params: { ...at(was.id), header: { "if-match": etagOf(was) } } });
}

/** A new secret for an object, in the answer that alone shows it. */
export async function rotateSecret(resource: string, was: ConfigObject, secret: string): Promise<ConfigObject> {
  const path = `/api/v1/${resource}/{object_id}/rotate-${secret}` as "/api/v1/devices/{object_id}/rotate-secret";
  const params = { ...at(was.id), header: { "if-match": etagOf(was) } };
  return (await data(api.POST(path, { params }))) as unknown as ConfigObject;
}

/** A list, a page at a time. */
export function useObjects(resource: string, params: ListParams) {
  return useInfiniteQuery({
    queryKey: [resource, "list", params],
    queryFn: ({ pageParam, signal }) =>
      fetchPage(resource, { ...params, limit: 50, with_total: !pageParam, cursor: pageParam || undefined }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useObject(resource: string, id: string | undefined) {
  return useQuery({
    queryKey: [resource, "one", id],
    queryFn: () => fetchObject(resource, id ?? ""),
    enabled: id !== undefined,
    refetchOnWindowFocus: false, // a form must not change under the hands
  });
}

export function useUses(resource: string, id: string) {
  const path = `/api/v1/${resource}/{object_id}/uses` as "/api/v1/extensions/{object_id}/uses";
  return useQuery({
    queryKey: [resource, "uses", id],
    queryFn: () => data(api.GET(path, { params: at(id) })),
  });
}

/** Matches of a search box; `search` is part of a name or number. */
export function useChoices(resource: string | undefined, search: string, locationId?: string | null) {
  const may = useMay();
  return useQuery({
    queryKey: [resource, "choices", search, locationId],
    queryFn: ({ signal }) => fetchPage(resource ?? "", { q: search || undefined, limit: 30 }, signal),
    enabled: resource !== undefined && may(`${resource}:read`),
    placeholderData: keepPreviousData,
  });
}

/** Objects of one kind by id. */
export interface Named {
  get: (id: string) => ConfigObject | undefined;
  /** Some are still being asked for. */
  pending: boolean;
}

const NOBODY: Named = { get: () => undefined, pending: false };

/** Names and numbers of objects of several kinds, in few requests; absent: not to be seen. */
export function useNamesOf(idsByKind: Record<string, string[]>): Record<string, Named> {
  const may = useMay();
  const portions = Object.entries(idsByKind).flatMap(([kind, ids]) =>
    portionsOf([...new Set(ids)], MOST_IDS).map((portion) => ({ kind, ids: portion })),
  );
  const answers = useQueries({
    queries: portions.map(({ kind, ids }) => {
      const resource = findKind(kind)?.resource;
      return {
        queryKey: [resource, "names", ids],
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(resource ?? "", { ids, limit: MOST_IDS }, signal),
        enabled: resource !== undefined && may(`${resource}:read`),
        staleTime: 30_000,
      };
    }),
  });
  const named = (kind: string): Named => {
    const mine = answers.filter((_, at) => portions[at]?.kind === kind);
    const objects = new Map(
      mine.flatMap(({ data: page }) => page?.items.map((item) => [item.id, item] as const) ?? []),
    );
    return { get: (id) => objects.get(id), pending: mine.some(({ isLoading }) => isLoading) };
  };
  return Object.fromEntries(Object.keys(idsByKind).map((kind) => [kind, named(kind)]));
}

/** The same for one kind. */
export function useNames(kind: string, ids: string[]): Named {
  return useNamesOf({ [kind]: ids })[kind] ?? NOBODY;
}

/** What an object is called here: also while its name is on the way, and where it may not be seen. */
export function titleIn(named: Named | undefined, id: string): string {
  const object = named?.get(id);
  if (object) return titleOf(object);
  return named?.pending ? "…" : text.form.hidden;
}

/** How an object is called where others name it: "Sales (400)". */
export function titleOf(object: ConfigObject): string {
  const number = typeof object.number === "string" ? object.number : "";
  return number && number !== object.name ? `${object.name} (${number})` : object.name;
}

/** Which phones and trunks are up, with the ids of the registered ones. */
export function useStatus(enabled: boolean) {
  const may = useMay();
  return useQuery({
    queryKey: ["status", "devices"],
    queryFn: () => data(api.GET("/api/v1/status", { params: { query: { with_devices: true } } })),
    enabled: enabled && may("devices:read"),
    refetchInterval: 30_000,
  });
}

export function useConnection(locationId: string | null, enabled = true) {
  return useQuery({
    queryKey: ["connection", locationId],
    queryFn: () => data(api.GET("/api/v1/connection", { params: { query: { location_id: locationId ?? undefined } } })),
    enabled,
    staleTime: 60_000,
  });
}

/** The API's own description of its schemas, loaded when a form is first shown. */
export function useApiSchemas() {
  return useQuery({
    queryKey: ["api-description"],
    queryFn: async () => (await import("./description")).schemas as Schemas,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Reads again what a change of an object of this kind makes old: its lists, who uses what, and the draft. */
export function useChanged(): (resource: string) => void {
  const queries = useQueryClient();
  return (resource) => {
    queries.invalidateQueries({ queryKey: [kindOf(resource).resource] });
    queries.invalidateQueries({ queryKey: ["config"] });
    queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "uses" });
  };
}
