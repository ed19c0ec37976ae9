/** Contacts of the API, and who has a number. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useId } from "react";
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
const GATHER_MS = 300;
const AFTER_ERROR_MS = 10_000;

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
export function useContactSearch(q: string, wanted: boolean) {
  return useQuery({
    queryKey: [KEY, "search", q],
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/contacts", { params: { query: { q: q || undefined, limit: 20 } }, signal })),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });
}

const NOBODY: ReadonlyMap<string, ContactRef | null> = new Map();

/**
 * Who has these numbers: for what events tell, which bring numbers only. Numbers inside the house are passed over.
 * However fast calls come, they are asked for in one question at a time, and only while a number is new.
 */
export function useContactsOf(numbers: readonly (string | null | undefined)[]): ReadonlyMap<string, ContactRef | null> {
  const may = useMay();
  const outside = numbers.filter((number): number is string => Boolean(number?.startsWith("+")));
  const asked = [...new Set(outside)].sort().slice(0, MOST_NUMBERS);
  const { data: known } = useQuery({
    queryKey: [KEY, "of", useId()],
    queryFn: ({ signal }) => fetchContactsOf(asked, signal),
    enabled: asked.length > 0 && may("contacts:read"),
    refetchInterval: ({ state }) =>
      asked.some((number) => !state.data?.has(number)) && (state.status === "error" ? AFTER_ERROR_MS : GATHER_MS),
    refetchOnWindowFocus: false,
  });
  return known ?? NOBODY;
}

async function fetchContactsOf(numbers: string[], signal: AbortSignal): Promise<Map<string, ContactRef | null>> {
  const { items } = await data(
    api.GET("/api/v1/contacts", { params: { query: { number: numbers, limit: MOST_NUMBERS } }, signal }),
  );
  const of = new Map<string, ContactRef | null>(numbers.map((number) => [number, null]));
  for (const one of items) for (const { number } of one.numbers) of.set(number, one);
  return of;
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
