import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";

export type Location = Schemas["LocationRead"];

const KEY = "location";
const watchers = new Set<() => void>();
let chosen: string | null = sessionStorage.getItem(KEY);

/** The location everything on the page is narrowed to; null: all locations. */
export function useChosenLocation(): string | null {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => chosen,
  );
}

export function chooseLocation(id: string | null): void {
  chosen = id;
  if (id) sessionStorage.setItem(KEY, id);
  else sessionStorage.removeItem(KEY);
  for (const watcher of watchers) watcher();
}

/** The locations this person may see, by name; empty for who may not list them. */
export function useLocations(): Location[] {
  const may = useMay();
  const { data } = useQuery({
    queryKey: ["locations", "all"],
    queryFn: async () => {
      const all: Location[] = [];
      let cursor: string | undefined;
      do {
        const page = (await api.GET("/api/v1/locations", { params: { query: { limit: 500, sort: "name", cursor } } }))
          .data;
        all.push(...(page?.items ?? []));
        cursor = page?.next_cursor ?? undefined;
      } while (cursor);
      return all;
    },
    enabled: may("locations:read"),
    staleTime: 60_000,
  });
  return data ?? [];
}
