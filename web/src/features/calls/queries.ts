import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, data, fetchFile, type Schemas } from "@/api/client";
import { throttle } from "@/realtime/again";
import { type LiveEvent, useLiveCalls, useLiveEvents } from "@/realtime/live";
import { useDialogs } from "@/ui/dialogs";
import { saveFile } from "@/ui/download";
import type { CallQuery } from "./filters";
import { belongs, type Log, partition, replaced } from "./log";
import { text } from "./text";

export type Call = Schemas["CallRecord"];
export type CallDetail = Schemas["CallDetail"];
export type Explanation = Schemas["Explanation"];
export type LiveCall = Pick<
  Call,
  | "id"
  | "location_id"
  | "direction"
  | "status"
  | "phase"
  | "caller_number"
  | "caller_name"
  | "dialed_number"
  | "queue_id"
  | "extension_id"
  | "started_at"
>;

const PAGE = 100;
/** Events beside those of calls that say of which call they are. */
const CHANGE_CALLS = ["recording.", "transcript.", "voicemail."];
const FOLLOW_MS = 1000;
const AFTER_ERROR_MS = 10_000;
const MOST_IDS = 200; // in one question
/** So many new calls are counted; beyond, "or more" is said. */
export const MOST_NEWER = 200;
/** Not "calls": events would fetch every page of a long list again each second. */
export const LOG = "call-log";

/** The log, page by page. */
export function useCallLog(query: CallQuery) {
  return useInfiniteQuery({
    queryKey: [LOG, query],
    queryFn: ({ pageParam, signal }) =>
      data(api.GET("/api/v1/calls", { params: { query: { ...query, limit: PAGE, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  });
}

/** Puts changed tags into the pages that are shown: reading a long list again would take long. */
export function useRetag(query: CallQuery): (ids: Set<string>, change: (tags: string[]) => string[]) => void {
  const queries = useQueryClient();
  return (ids, change) =>
    queries.setQueryData<Log>([LOG, query], (log) =>
      log
        ? {
            ...log,
            pages: log.pages.map((page) => ({
              ...page,
              items: page.items.map((call) => (ids.has(call.id) ? { ...call, tags: change(call.tags) } : call)),
            })),
          }
        : log,
    );
}

/**
 * Follows the calls of a list: listed ones are put in anew as they are now, without moving any, and ids are told of
 * those that came since, match the filters and belong among the listed ones. However fast events come, one question a
 * second is asked about each kind.
 */
export function useFollowedLog(query: CallQuery) {
  const queries = useQueryClient();
  const found = useRef<ReadonlySet<string>>(new Set());
  const [newer, setNewer] = useState(found.current);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      clearTimeout(again.current);
    };
  }, []);
  const [follow] = useState(() => {
    const changed = new Set<string>();
    const key = [LOG, query];
    const log = () => queries.getQueryData<Log>(key);
    const follow = throttle(async () => {
      if (gone.current) return;
      const ids = [...changed].slice(0, MOST_IDS);
      for (const id of ids) changed.delete(id);
      const { known, unknown } = partition(ids, log());
      try {
        const [now, matching] = await Promise.all([
          readCalls({ ids: known }),
          readCalls({ ...query, ids: found.current.size < MOST_NEWER ? unknown : [] }),
        ]);
        if (queries.isFetching({ queryKey: key })) {
          for (const id of ids) changed.add(id); // the page that comes would write over them
        } else {
          queries.setQueryData<Log>(key, (before) => before && replaced(before, now));
          const left = [...found.current].filter((id) => !unknown.includes(id));
          const belonging = matching.filter((call) => belongs(call, log(), query)).map(({ id }) => id);
          found.current = new Set([...left, ...belonging]);
          setNewer(found.current);
        }
        if (changed.size) follow();
      } catch {
        for (const id of ids) changed.add(id);
        clearTimeout(again.current);
        if (!gone.current) again.current = setTimeout(follow, AFTER_ERROR_MS);
      }
    }, FOLLOW_MS);
    return (id: string) => {
      changed.add(id);
      follow();
    };
  });
  useLiveEvents(
    useCallback(
      ({ name, subject, data: { call_id } }: LiveEvent) => {
        if (name.startsWith("call.")) follow(subject);
        else if (CHANGE_CALLS.some((group) => name.startsWith(group)) && call_id) follow(String(call_id));
      },
      [follow],
    ),
  );
  const forget = useCallback(() => {
    found.current = new Set();
    setNewer(found.current);
  }, []);
  return { newer, forget };
}

async function readCalls(query: CallQuery): Promise<Call[]> {
  if (!query.ids?.length) return [];
  return (await data(api.GET("/api/v1/calls", { params: { query: { ...query, limit: MOST_IDS } } }))).items;
}

/** One call with its ETag; it follows what events tell of it. */
export function useCall(id: string) {
  const queries = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.subject === id || event.data.call_id === id) queries.invalidateQueries({ queryKey: ["call", id] });
      },
      [queries, id],
    ),
  );
  return useQuery({
    queryKey: ["call", id, "record"],
    queryFn: async () => {
      const { data: call, response } = await api.GET("/api/v1/calls/{call_id}", { params: { path: { call_id: id } } });
      return { call: call as CallDetail, etag: response.headers.get("ETag") ?? "*" };
    },
  });
}

export function useExplanation(id: string) {
  return useQuery({
    queryKey: ["call", id, "explain"],
    queryFn: () => data(api.GET("/api/v1/calls/{call_id}/explain", { params: { path: { call_id: id } } })),
  });
}

export function useTranscript(id: string, wanted: boolean) {
  return useQuery({
    queryKey: ["call", id, "transcript"],
    queryFn: () => data(api.GET("/api/v1/calls/{call_id}/transcript", { params: { path: { call_id: id } } })),
    enabled: wanted,
  });
}

/** Live calls, oldest first, narrowed to a location. */
export function useLiveList(location: string | null): LiveCall[] {
  const calls = [...useLiveCalls().values()] as unknown as LiveCall[];
  return calls
    .filter((call) => !location || call.location_id === location)
    .sort((a, b) => a.started_at.localeCompare(b.started_at));
}

/** Names of the queues and extensions of live calls: events bring ids only. */
export function useLiveNames(calls: LiveCall[]): Map<string, string> {
  const {
    data: records,
    refetch,
    isFetching,
  } = useQuery({
    queryKey: ["live-names"],
    queryFn: async () => (await data(api.GET("/api/v1/calls/live"))).items,
    staleTime: 60_000,
  });
  const names = new Map<string, string>();
  const known = new Set<string>();
  for (const { queue_id, queue_name, extension_id, extension_name } of records ?? []) {
    for (const [id, name] of [
      [queue_id, queue_name],
      [extension_id, extension_name],
    ] as const) {
      if (id) known.add(id);
      if (id && name) names.set(id, name);
    }
  }
  const unknown = calls.some(({ queue_id, extension_id }) =>
    [queue_id, extension_id].some((id) => id && !known.has(id)),
  );
  useEffect(() => {
    if (!unknown || isFetching) return;
    const timer = setTimeout(refetch, 1000);
    return () => clearTimeout(timer);
  }, [unknown, isFetching, refetch]);
  return names;
}

type NamedKind = "queues" | "extensions";

/** Queues or extensions whose name or number has these letters, by name. */
export function useNamed(kind: NamedKind, q: string, wanted: boolean) {
  return useQuery({
    queryKey: [kind, "named", q],
    queryFn: async () => {
      const query = { q: q || undefined, limit: 30, sort: "name" };
      const page =
        kind === "queues"
          ? await data(api.GET("/api/v1/queues", { params: { query } }))
          : await data(api.GET("/api/v1/extensions", { params: { query } }));
      return page.items.map(({ id, name, number }) => ({ id, name, number: number ?? "" }));
    },
    enabled: wanted,
    staleTime: 30_000,
  });
}

/** One of them by id, as when an address names it. */
export function useNameOf(kind: NamedKind, id: string | undefined) {
  return useQuery({
    queryKey: [kind, "name", id],
    queryFn: async () => {
      const path = { object_id: id ?? "" };
      const { name, number } =
        kind === "queues"
          ? await data(api.GET("/api/v1/queues/{object_id}", { params: { path } }))
          : await data(api.GET("/api/v1/extensions/{object_id}", { params: { path } }));
      return { id: path.object_id, name, number: number ?? "" };
    },
    enabled: Boolean(id),
    staleTime: 60_000,
    retry: false,
  });
}

/** Saves calls as a table; `asked` goes as the body of a POST. */
export function useSaveTable() {
  const [busy, setBusy] = useState(false);
  const { notify, notifyProblem } = useDialogs();
  async function save(path: string, asked?: object) {
    setBusy(true);
    try {
      saveFile(await fetchFile(path, undefined, asked), "calls.csv");
      notify(text.exported);
    } catch (error) {
      notifyProblem(error);
    } finally {
      setBusy(false);
    }
  }
  return { busy, save };
}
