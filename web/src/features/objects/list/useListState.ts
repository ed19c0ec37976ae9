import { useState } from "react";
import { useSearchParams } from "react-router";
import { useChosenLocation } from "@/layout/locations";
import { AT_ONCE, withParams } from "@/ui/address";
import type { KindInfo } from "../kinds";
import type { ListParams } from "../queries";

/** What a list is narrowed and sorted by: all of it in the address, so that it can be shared and gone back to. */
export function useListState(info: KindInfo) {
  const [search, setSearch] = useSearchParams();
  const location = useChosenLocation();
  const filters = Object.fromEntries(
    (info.filters ?? []).flatMap((name) => (search.get(name) ? [[name, search.get(name) ?? ""]] : [])),
  );
  const q = search.get("q") ?? "";
  const sort = search.get("sort") ?? "name";

  const put = (changes: Record<string, string>) => setSearch((now) => withParams(now, changes), AT_ONCE);

  const params: ListParams = { ...filters, q: q || undefined, sort, location_id: location ?? undefined };
  const narrowed = Boolean(q || Object.keys(filters).length || location);
  return { q, sort, filters, params, narrowed, put, clear: () => setSearch({}, AT_ONCE) };
}

export type ListState = ReturnType<typeof useListState>;

/** The columns that this browser shows of a kind; kept, for they are a habit. */
export function useColumns(info: KindInfo): [string[], (columns: string[]) => void] {
  const key = `columns:${info.resource}`;
  const all = [...info.columns, ...(info.more ?? [])];
  const [shown, setShown] = useState<string[]>(() => {
    const kept = localStorage.getItem(key)?.split(",") ?? info.columns;
    return all.filter((column) => kept.includes(column));
  });
  return [
    shown,
    (columns) => {
      const next = all.filter((column) => columns.includes(column));
      localStorage.setItem(key, next.join(","));
      setShown(next);
    },
  ];
}
