import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { type Catalog, loadCatalog } from "@/flow/document/catalog";
import { documentOf, loadFrom } from "@/flow/document/load";
import { readPlaces } from "@/flow/document/places";
import { useMay } from "@/session/SessionProvider";
import { listObjects, readObject } from "./objects";

export function useCatalog() {
  return useQuery({ queryKey: ["flow-catalog"], queryFn: loadCatalog, staleTime: Number.POSITIVE_INFINITY });
}

/** A flow as the API has it now; read anew whenever the page is opened. */
export function useStoredFlow(catalog: Catalog | undefined, entry: string) {
  return useQuery({
    queryKey: ["flows", entry],
    enabled: catalog !== undefined,
    staleTime: Number.POSITIVE_INFINITY, // what is being edited is not exchanged under one's hands
    gcTime: 0,
    queryFn: async () => {
      if (!catalog) throw new Error("no catalog");
      const loaded = await loadFrom(catalog, { kind: "phone_number", id: entry }, (kind, id) =>
        readObject(catalog, kind, id),
      );
      return { document: documentOf(entry, loaded, readPlaces(entry)), saved: loaded.saved };
    },
  });
}

/** What the API's checks say of the whole draft; read again after each save. */
export function usePlanProblems() {
  const may = useMay();
  return useQuery({
    queryKey: ["config", "plan"],
    queryFn: () => data(api.POST("/api/v1/config/plan")),
    enabled: may("config:plan"),
    staleTime: 30_000,
    select: ({ problems }) => problems,
  });
}

export function useNumbers(q: string, locationId: string | null, cursor: string | undefined) {
  return useQuery({
    queryKey: ["phone-numbers", "flows", q, locationId, cursor],
    queryFn: () =>
      data(
        api.GET("/api/v1/phone-numbers", {
          params: { query: { q: q || undefined, location_id: locationId ?? undefined, cursor, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Objects of a kind to choose from. */
export function useChoices(catalog: Catalog, kind: string, q: string) {
  const may = useMay();
  return useQuery({
    queryKey: [catalog.kinds[kind]?.resource, "choices", q],
    queryFn: () => listObjects(catalog, kind, { q: q || undefined, limit: 50 }),
    enabled: may(`${catalog.kinds[kind]?.resource}:read`),
    placeholderData: keepPreviousData,
  });
}

/** Names of objects by id: one request for each kind. */
export function useNames(catalog: Catalog | undefined, wanted: { kind: string; id: string }[]): Map<string, string> {
  const may = useMay();
  const kinds = [...new Set(wanted.map(({ kind }) => kind))].sort();
  return useQueries({
    queries: kinds.map((kind) => {
      const ids = [...new Set(wanted.filter((one) => one.kind === kind).map(({ id }) => id))].sort();
      const resource = catalog?.kinds[kind]?.resource;
      return {
        queryKey: [resource, "names", ids],
        enabled: Boolean(resource && may(`${resource}:read`)),
        placeholderData: keepPreviousData,
        queryFn: async () =>
          catalog ? (await listObjects(catalog, kind, { ids: ids.slice(0, 200), limit: 200 })).items : [],
      };
    }),
    combine: (answers) =>
      new Map(answers.flatMap(({ data: found }) => (found ?? []).map(({ id, name }) => [id, name]))),
  });
}
