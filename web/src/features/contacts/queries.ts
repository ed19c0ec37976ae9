/** Contacts of the API, and who has a number. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, data, type Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { usePages } from "@/ui/pages";

export type Contact = Schemas["Contact"];
export type ContactRef = Schemas["ContactRef"];
export type ContactWrite = Required<Schemas["ContactWrite"]>;

const KEY = "contacts";
/** What shows names of contacts, beside themselves. */
const SHOW_NAMES = ["call", "call-log", "calls", "directory", "live-names", "voicemails"];
const MOST_NUMBERS = 200; // in one question

export interface Wanted {
  q: string;
  tag: string;
  sort: string;
}

/** A list, page after page; its first page tells how many there are. */
export function useContacts({ q, tag, sort }: Wanted) {
  return usePages([KEY, "list", { q, tag, sort }], (cursor) =>
    data(
      api.GET("/api/v1/contacts", {
        params: { query: { q: q || undefined, tag: tag || undefined, sort, cursor, with_total: !cursor } },
      }),
    ),
  );
}

export async function fetchContact(id: string): Promise<{ contact: Contact; etag: string }> {
  const { data: contact, response } = await api.GET("/api/v1/contacts/{contact_id}", {
    params: { path: { contact_id: id } },
  });
  return { contact: contact as Contact, etag: response.headers.get("ETag") ?? "*" };
}

/** One contact with the tag that a change must name. */
export function useContact(id: string | undefined) {
  return useQuery({
    queryKey: [KEY, "one", id],
    queryFn: () => fetchContact(id ?? ""),
    enabled: Boolean(id),
    refetchOnWindowFocus: false,
  });
}

/** The first contacts with these words. */
export function useContactSearch(q: string, wanted: boolean): Contact[] {
  const { data: page } = useQuery({
    queryKey: [KEY, "search", q],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/contacts", { params: { query: { q: q || undefined, limit: 20 } }, signal })),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });
  return page?.items ?? [];
}

const NOBODY: ReadonlyMap<string, ContactRef> = new Map();

/** Who has these numbers: for what events tell, which bring numbers only. Numbers inside the house are passed over. */
export function useContactsOf(numbers: readonly (string | null | undefined)[]): ReadonlyMap<string, ContactRef> {
  const may = useMay();
  const outside = numbers.filter((number): number is string => Boolean(number?.startsWith("+")));
  const asked = [...new Set(outside)].sort().slice(0, MOST_NUMBERS);
  const { data: page } = useQuery({
    queryKey: [KEY, "of", asked],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/contacts", { params: { query: { number: asked, limit: MOST_NUMBERS } }, signal })),
    enabled: asked.length > 0 && may("contacts:read"),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  return useMemo(
    () =>
      page ? new Map(page.items.flatMap((one) => one.numbers.map(({ number }) => [number, one] as const))) : NOBODY,
    [page],
  );
}

/** Reads again what shows contacts, after a change. */
export function useContactsChanged(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    for (const name of [KEY, ...SHOW_NAMES]) queries.invalidateQueries({ queryKey: [name] });
  }, [queries]);
}

export const createContact = (body: ContactWrite) => data(api.POST("/api/v1/contacts", { body }));

export const changeContact = (id: string, etag: string, body: Schemas["ContactPatch"]) =>
  data(
    api.PATCH("/api/v1/contacts/{contact_id}", {
      params: { path: { contact_id: id }, header: { "if-match": etag } },
      body,
    }),
  );

/** As it was seen: somebody else's change is not deleted unread. */
export const deleteContact = ({ id, version }: Contact) =>
  api.DELETE("/api/v1/contacts/{contact_id}", {
    params: { path: { contact_id: id }, header: { "if-match": `"${version}"` } },
  });
