import { useInfiniteQuery, useIsFetching, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useLocations } from "@/layout/locations";
import { useMay, useMe } from "@/session/SessionProvider";

export type FlowTest = Schemas["FlowTest"];
export type FlowTestFields = Schemas["FlowTestCreate"];
export type Simulation = Schemas["SimulationRead"];
export type Run = Schemas["RunRead"];
export type Policy = Schemas["Policy"];
export type PhoneNumber = Schemas["PhoneNumber"];

/** Phone numbers whose name or number contains `q`, the first twenty. */
export function useNumbers(q: string) {
  const may = useMay();
  return useQuery({
    queryKey: ["phone-numbers", "found", q],
    queryFn: () => data(api.GET("/api/v1/phone-numbers", { params: { query: { q: q || undefined, limit: 20 } } })),
    enabled: may("phone-numbers:read"),
    placeholderData: (before) => before,
  });
}

/** The zone by whose clock a number's hours go: its location's, else the browser's. Null: it is not known yet. */
export function useKnownZoneOf(number: string): string | null {
  const locations = useLocations();
  const locating = useIsFetching({ queryKey: ["locations", "all"] }) > 0 && locations.length === 0;
  const { data: found, isFetching, isPlaceholderData } = useNumbers(number);
  const place = found?.items.find((one) => one.number === number)?.location_id;
  const zone = locations.find(({ id }) => id === place)?.timezone;
  const waits = number && (locating || (isFetching && (!found || isPlaceholderData)));
  return zone ?? (waits ? null : browserZone());
}

/** The same for what is shown meanwhile. */
export function useZoneOf(number: string): string {
  return useKnownZoneOf(number) ?? browserZone();
}

const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const useSimulation = () =>
  useMutation({
    mutationFn: (body: Schemas["SimulationRequest"]) => data(api.POST("/api/v1/simulations", { body })),
  });

/** Flow tests by name, a page at a time. */
export function useFlowTests(q: string) {
  return useInfiniteQuery({
    queryKey: ["flow-tests", "list", q],
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/flow-tests", { params: { query: { q: q || undefined, limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** One flow test; null for a new one. */
export function useFlowTest(id: string | null) {
  return useQuery({
    queryKey: ["flow-tests", "one", id],
    queryFn: () => data(api.GET("/api/v1/flow-tests/{object_id}", { params: { path: { object_id: id ?? "" } } })),
    enabled: id !== null,
    refetchOnWindowFocus: false, // what is being typed must not change under one's hands
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** Saves a test: a new one, or over the version that was read. */
export function useSaveFlowTest(before: FlowTest | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: FlowTestFields) =>
      before
        ? data(
            api.PATCH("/api/v1/flow-tests/{object_id}", {
              params: { path: { object_id: before.id }, header: { "if-match": `"${before.version}"` } },
              body,
            }),
          )
        : data(api.POST("/api/v1/flow-tests", { body })),
    onSuccess: (saved) => {
      queries.setQueryData(["flow-tests", "one", saved.id], saved);
      queries.invalidateQueries({ queryKey: ["flow-tests", "list"] });
    },
  });
}

export function useDeleteFlowTest() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: FlowTest) =>
      api.DELETE("/api/v1/flow-tests/{object_id}", {
        params: { path: { object_id: id }, header: { "if-match": `"${version}"` } },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["flow-tests", "list"] }),
  });
}

const isOver = (run: Run | undefined) => !run || run.finished_at !== null;

/** Runs tell of calls at all locations: only who has rights everywhere sees them. */
export function useMayRun(): boolean {
  const me = useMe();
  return useMay()("flow-tests:read") && me.location_ids === null;
}

/** The last run, followed while it goes on. */
export function useLastRun() {
  const mayRun = useMayRun();
  return useQuery({
    queryKey: ["flow-tests", "runs", "last"],
    queryFn: async () =>
      (await data(api.GET("/api/v1/flow-tests/runs", { params: { query: { limit: 1 } } }))).items[0] ?? null,
    enabled: mayRun,
    refetchInterval: ({ state }) => (isOver(state.data ?? undefined) ? false : 700),
  });
}

export function useStartRun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["RunRequest"]) => data(api.POST("/api/v1/flow-tests/runs", { body })),
    onSuccess: (run) => queries.setQueryData(["flow-tests", "runs", "last"], run),
  });
}

export function usePolicy() {
  return useQuery({
    queryKey: ["flow-tests", "policy"],
    queryFn: async () => {
      const answer = await api.GET("/api/v1/flow-tests/policy");
      return { policy: answer.data?.policy ?? "off", etag: answer.response.headers.get("ETag") ?? undefined };
    },
  });
}

export function useSetPolicy(etag: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (policy: Policy) =>
      data(api.PUT("/api/v1/flow-tests/policy", { params: { header: { "if-match": etag } }, body: { policy } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["flow-tests", "policy"] }),
  });
}

export function useGenerate() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["GenerateRequest"]) => data(api.POST("/api/v1/flow-tests/generate", { body })),
    onSuccess: ({ dry_run }) => dry_run || queries.invalidateQueries({ queryKey: ["flow-tests", "list"] }),
  });
}
