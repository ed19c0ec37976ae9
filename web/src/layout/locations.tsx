import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { currentSession, subscribe } from "@/session/session";

export type Location = Schemas["LocationRead"];

const KEY = "location";
const watchers = new Set<() => void>();
let chosen: string | null = sessionStorage.getItem(KEY);

// What one login chose is not for the next.
subscribe(() => {
  if (!currentSession().accessToken) chooseLocation(null);
});

/** The location everything on the page is narrowed to; null: all locations. */
export function useChosenLocation(): string | null {
  const wanted = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => chosen,
  );
  return chosenAmong(wanted, useList().data);
}

/** The wanted one where there is a choice and it is part of it; else pages would be empty and nobody could see why. */
export function chosenAmong(wanted: string | null, known: Location[] | undefined): string | null {
  if (!known) return wanted;
  return known.length > 1 && known.some(({ id }) => id === wanted) ? wanted : null;
}

/** The location that is wanted now, whether or not it is there to choose. */
export function wantedLocation(): string | null {
  return chosen;
}

export function chooseLocation(id: string | null): void {
  chosen = id;
  if (id) sessionStorage.setItem(KEY, id);
  else sessionStorage.removeItem(KEY);
  for (const watcher of watchers) watcher();
}

/** The locations this person may see, by name; empty for who may not list them. */
export function useLocations(): Location[] {
  return useList().data ?? [];
}

export const locationsQuery = {
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
  staleTime: 60_000,
};

function useList() {
  const may = useMay();
  return useQuery({ ...locationsQuery, enabled: may("locations:read") });
}
