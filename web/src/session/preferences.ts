/** What each user keeps on the server about the page: saved views, columns. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { components } from "@/api/schema";

type Document = components["schemas"]["Preferences"]["document"];

const KEY = ["preferences"];
const STALE = 412;
const TRIES = 3;

async function read(): Promise<{ document: NonNullable<Document>; etag: string }> {
  const { data, response } = await api.GET("/api/v1/auth/me/preferences");
  return { document: data?.document ?? {}, etag: response.headers.get("ETag") ?? "*" };
}

/** Writes one name, on what is there now: other names, and what another window has made of this one, stay. */
async function write(name: string, next: (stored: unknown) => unknown): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { document, etag } = await read();
    try {
      await api.PUT("/api/v1/auth/me/preferences", {
        params: { header: { "if-match": etag } },
        body: { document: { ...document, [name]: next(document[name]) } as Document },
      });
      return;
    } catch (error) {
      if (asProblem(error).status !== STALE || tries === TRIES) throw error;
    }
  }
}

export const preferencesQuery = { queryKey: KEY, queryFn: read, staleTime: 60_000 };

/** Another value, or what becomes of the one that is stored when it is written. */
type Next<T> = T | ((stored: T) => T);

/**
 * One named thing that this user keeps. `parse` makes sense of what is stored, or of nothing (`undefined`); what it
 * makes stays the same as long as what is stored does, if `parse` does not change on every render.
 * @returns the value, how to keep another one (that throws `ApiProblem`), and whether what is stored is known yet.
 */
export function useKept<T>(
  name: string,
  parse: (stored: unknown) => T,
): [T, (next: Next<T>) => Promise<void>, boolean] {
  const queries = useQueryClient();
  const { data, isPending } = useQuery(preferencesQuery);
  const keep = async (next: Next<T>) => {
    const changed = (stored: unknown) => (next instanceof Function ? next(parse(stored)) : next);
    queries.setQueryData<Awaited<ReturnType<typeof read>>>(KEY, (old) =>
      old
        ? { ...old, document: { ...old.document, [name]: changed(old.document[name]) } as NonNullable<Document> }
        : old,
    );
    try {
      await write(name, changed);
    } finally {
      await queries.invalidateQueries({ queryKey: KEY });
    }
  };
  const stored = data?.document[name];
  return [useMemo(() => parse(stored), [parse, stored]), keep, !isPending];
}
